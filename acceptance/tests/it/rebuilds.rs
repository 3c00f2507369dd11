//! Read models that are made anew beside those that are read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use faultpoint::Point;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{Caller, House, Load, audit, eventually, quantity, standing};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
const BUYERS: usize = 6;
const WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_and_mended() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 2)).await;
    audit::audit(&house.world).await;
    let run = async |arguments: &[&str]| house.world.run(&[&["projections"], arguments].concat()).await;

    run(&["verify", "--all"]).await.code(DONE).says("inventory");
    for wrong in [&["rebuild"][..], &["verify"], &["rebuild", "tea"], &["verify", "orders", "--all"]] {
        run(wrong).await.code(USAGE);
    }
    let forge = "update inventory_a.inventory set held = held + 1; delete from orders_a.orders";
    sqlx::raw_sql(forge).execute(&house.world.pool).await.unwrap();
    let found = run(&["verify", "--all", "--json"]).await.code(FAULT).json();
    let of = |name: &str| found.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    let inventory = &of("inventory")["differences"][0];
    assert_eq!(
        (&inventory["column"], &inventory["live"], &inventory["log"]),
        (&json!("held"), &json!(3), &json!(2))
    );
    assert_eq!((&inventory["table"], &inventory["key"]["show_id"]), (&json!("inventory"), &json!(show)));
    let orders = &of("orders");
    let order = placed.text("order_id");
    assert_eq!(
        (&orders["different_rows"], &orders["differences"][0]["log"]["order_id"]),
        (&json!(1), &json!(order))
    );
    assert_eq!(of("payments")["differences"], json!([]));

    run(&["rebuild", "inventory", "orders", "--dry-run"]).await.code(DONE).says("held is 3, by the log 2");
    run(&["verify", "orders"]).await.code(FAULT).says("is missing");
    run(&["rebuild", "--all"]).await.code(DONE).says("mended 2 rows");
    run(&["verify", "--all"]).await.code(DONE);
    audit::audit(&house.world).await;
    let list = run(&["list", "--json"]).await.code(DONE).json();
    assert!(
        list.as_array().unwrap().iter().all(|one| one["state"] == "running" && one["shadow"].is_null()),
        "{list}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_is_tried_again() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let refuse = "alter table orders_a.orders add constraint refused check (status <> 'cancelled')";
    sqlx::raw_sql(refuse).execute(&house.world.pool).await.unwrap();
    let order = house.order(quantity(&show, 2)).await.text("order_id");
    house.customer.post(&format!("/v1/orders/{order}/cancel"), json!({})).await.ok(200);
    eventually("a parked order", WITHIN, || async {
        (house.world.number("select count(*) from parked_entities").await == 1).then_some(())
    })
    .await;
    house.world.run(&["projections", "retry"]).await.code(FAULT).says("1 entities still");
    house.world.run(&["projections", "verify", "orders"]).await.code(FAULT).says("status is");
    sqlx::raw_sql("alter table orders_a.orders drop constraint refused")
        .execute(&house.world.pool)
        .await
        .unwrap();
    let entity = format!("order-{order}");
    let retried =
        house.world.run(&["projections", "retry", "orders", "--entity", &entity, "--json"]).await.code(DONE);
    assert_eq!(retried.json()[0]["released"], 1);
    house.world.run(&["projections", "verify", "orders"]).await.code(DONE);
    audit::audit(&house.world).await;
}

/// Frozen until others have taken its work over and done it, and thawed.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_overtaken_ends_and_leaves_no_trace() {
    let house = Arc::new(House::open().await);
    let show = house.show(standing(1_000)).await;
    for point in [
        Point::RebuildLooked,
        Point::RebuildBegun,
        Point::RebuildFilled,
        Point::RebuildCompared,
        Point::RebuildBeforeSwap,
    ] {
        let file = house.world.directory.path().join(point.name().replace('/', "."));
        std::fs::write(&file, "").unwrap();
        let frozen = tokio::spawn({
            let (house, freeze) = (Arc::clone(&house), format!("{point}=stop@{}", file.display()));
            async move {
                house
                    .world
                    .run_with(&[(faultpoint::POINTS, freeze)], &["projections", "rebuild", "orders"])
                    .await
            }
        });
        let pid = eventually("a rebuild that stands still", WITHIN, || async {
            std::fs::read_to_string(&file).unwrap().trim().parse().ok()
        })
        .await;
        house.order(quantity(&show, 1)).await;
        // Where it holds what is read, the server ends it: nobody follows the log until then.
        eventually("another rebuild", WITHIN, || async {
            let forget = "delete from leases where name like 'rebuild %'";
            sqlx::raw_sql(forget).execute(&house.world.pool).await.unwrap();
            let ran = house.world.run(&["projections", "rebuild", "orders"]).await;
            (ran.code == Some(DONE)).then_some(())
        })
        .await;
        house.order(quantity(&show, 1)).await;
        kill(Pid::from_raw(pid), Signal::SIGCONT).unwrap();
        let thawed = frozen.await.unwrap();
        assert!(thawed.code.is_some_and(|code| code > DONE), "at {point}: {thawed:?}");
        house.world.run(&["projections", "verify", "--all"]).await.code(DONE);
        audit::audit(&house.world).await;
    }
}

/// Asks for lists and single things, again and again, and expects an answer that is no older than the one before.
fn look_on(caller: &Caller, show: &str, enough: &Arc<AtomicBool>) -> JoinHandle<usize> {
    let (caller, show, enough) = (caller.clone(), show.to_owned(), Arc::clone(enough));
    tokio::spawn(async move {
        let (mut reads, mut last) = (0, 0);
        while !enough.load(Ordering::Relaxed) {
            for path in ["/v1/orders?limit=5", "/v1/stats", &format!("/v1/inventory/{show}")] {
                let answer = caller.get(path).await.ok(200);
                if path == "/v1/stats" {
                    assert!(answer.x_position() >= last, "positions go back from {last}: {answer:?}");
                    last = answer.x_position();
                    assert!(answer.body["orders"]["total"].as_i64().unwrap() > 0, "{answer:?}");
                }
                reads += 1;
            }
        }
        reads
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_may_die_at_every_step_and_nobody_notices() {
    let house = House::open().await;
    let show = house.show(Load::sections()).await;
    let load = Load::start(&house.customer, &house.operator, &show, BUYERS);
    load.answers(BUYERS, Duration::from_secs(30)).await;
    house.operator.get_at("/v1/stats", house.world.number("select position from log_head").await).await;
    let enough = Arc::new(AtomicBool::new(false));
    let reader = look_on(&house.operator, &show, &enough);
    let mut deaths =
        vec![Point::ProjectionsLocked, Point::ProjectionsBeforeCommit, Point::ProjectionsAfterCommit];
    deaths.extend(Point::ALL.iter().filter(|point| point.name().starts_with("rebuild/")));
    for (model, point) in ["orders", "inventory", "payments"].into_iter().cycle().zip(deaths) {
        let kill = [(faultpoint::POINTS, format!("{point}=kill@1"))];
        let ran = house.world.run_with(&kill, &["projections", "rebuild", model]).await;
        assert_eq!(ran.code, None, "it came past {point}: {ran:?}");
        // Nobody is to wait for the lease of the dead here.
        sqlx::raw_sql("delete from leases where name like 'rebuild %'")
            .execute(&house.world.pool)
            .await
            .unwrap();
    }
    house.world.run(&["projections", "rebuild", "--all"]).await.code(DONE).says("mended 0 rows");
    enough.store(true, Ordering::Relaxed);
    assert!(reader.await.unwrap() > 50);
    let outcomes = load.finish().await;
    let books = audit::audit(&house.world).await;
    audit::holds_exactly(&books, &outcomes);
    house.world.run(&["projections", "verify", "--all"]).await.code(DONE);
}
