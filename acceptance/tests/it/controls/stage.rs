//! A box office where things can be made to happen at the right moment.

use std::{fs, path::PathBuf, time::Duration};

use serde_json::json;

use crate::support::{House, Outcome, Ports, Process, Reply, Role, World, audit, eventually};

/// Each of these happens while a file of its name exists.
const CUES: &[(&str, &str, &str)] = &[
    ("commit-waits", "sequencer/before-commit", "hold"),
    ("commit-is-lost", "sequencer/before-commit", "fail"),
    ("read-models-wait", "projections/read", "hold"),
    ("rows-wait", "projections/rows-written", "hold"),
    ("checkpoint-waits", "projections/before-commit", "hold"),
    ("batch-waits", "projections/after-commit", "hold"),
    ("batch-is-told", "projections/after-commit", "pause:0"),
];
const WITHIN: Duration = Duration::from_secs(20);

pub(super) struct Stage {
    pub(super) house: House,
    sabotages: String,
    told: Vec<Outcome>,
    /// How long the log was at the last cue.
    cued_at: usize,
}

impl Stage {
    /// A house of its own, where some guards are off.
    pub(super) async fn sabotaged(sabotages: &str) -> Self {
        let world = World::new().await;
        let settings = settings(&world, sabotages);
        let house = House::in_world_with(world, &settings).await;
        eventually("a program that is armed: scripts/test builds one", WITHIN, || async {
            house.process.log().contains("\"armed\"").then_some(())
        })
        .await;
        Self { house, sabotages: sabotages.to_owned(), told: Vec::new(), cued_at: 0 }
    }

    /// A show on sale; in the log, too, whatever an answer says.
    pub(super) async fn show(&self, seats: u32) -> String {
        let published = "select count(*) from events where type = 'ShowPublished'";
        let before = self.house.world.number(published).await;
        let show = self.house.show(crate::support::standing(seats)).await;
        eventually("the show", WITHIN, || async {
            (self.house.world.number(published).await > before).then_some(())
        })
        .await;
        show
    }

    /// Somebody orders; the answer is a promise, a refusal, or a request for patience.
    pub(super) async fn order(&mut self, show: &str, seats: u32) -> Option<Reply> {
        let reply = self.house.customer.post("/v1/orders", crate::support::quantity(show, seats)).await;
        self.tell(reply)
    }

    /// Notes what a customer was told.
    pub(super) fn tell(&mut self, reply: Reply) -> Option<Reply> {
        if reply.status == 409 || reply.asks_for_patience() {
            return None;
        }
        let reply = reply.ok(201);
        self.told.push(Outcome { order_id: reply.text("order_id"), status: "pending" });
        Some(reply)
    }

    pub(super) async fn cancel(&mut self, placed: &Reply) {
        let order = placed.text("order_id");
        self.house.customer.post(&format!("/v1/orders/{order}/cancel"), json!({})).await.ok(200);
        let told = self.told.iter_mut().find(|told| told.order_id == order).unwrap();
        told.status = "cancelled";
    }

    /// By how many milliseconds the program's clock is wrong from now on.
    pub(super) fn clock(&self, skew: i64) {
        fs::write(file(&self.house.world, "clock"), skew.to_string()).unwrap();
    }

    pub(super) fn cue(&mut self, name: &str) {
        self.cued_at = self.house.process.log().lines().count();
        fs::write(file(&self.house.world, name), "").unwrap();
    }

    pub(super) fn end_cue(&self, name: &str) {
        fs::remove_file(file(&self.house.world, name)).unwrap();
    }

    /// Waits until a point was reached so often, while there was a cue for it.
    pub(super) async fn reached(&self, point: &str, times: usize) {
        eventually(point, WITHIN, || async {
            (self.said(&format!("\"point\":\"{point}\"")) >= times).then_some(())
        })
        .await;
    }

    /// How many lines of the log have said so since the last cue.
    pub(super) fn said(&self, text: &str) -> usize {
        self.house.process.log().lines().skip(self.cued_at).filter(|line| line.contains(text)).count()
    }

    /// Another process projects as well; it knows nothing of cues.
    pub(super) async fn second_projections(&self) -> Process {
        sqlx::raw_sql("delete from leases").execute(&self.house.world.pool).await.unwrap();
        self.house.world.serve_with(Role::Projections, Ports::free(), &[]).await
    }

    /// Waits until all read models have come so far.
    pub(super) async fn projected(&self, position: i64) {
        let lowest = "select min(position) from projection_checkpoints";
        eventually("the read models", WITHIN, || async {
            (self.house.world.number(lowest).await >= position).then_some(())
        })
        .await;
    }

    /// As a crash would; nobody has to wait for the leases of the dead.
    pub(super) async fn crash(&mut self, cue: &str) {
        self.house.process.kill9();
        self.end_cue(cue);
        sqlx::raw_sql("delete from leases").execute(&self.house.world.pool).await.unwrap();
        self.house.process = serve(&self.house.world, &self.sabotages).await;
    }

    /// Everything is as it should be, and as customers were told.
    pub(super) async fn audit(&self) {
        let books = audit::audit(&self.house.world).await;
        audit::holds_exactly(&books, &self.told);
    }

    /// An order as its customer sees it.
    pub(super) async fn look(&self, placed: &Reply, min_position: i64) -> Reply {
        let order = placed.text("order_id");
        self.house.customer.get(&format!("/v1/orders/{order}?min_position={min_position}")).await
    }
}

fn file(world: &World, name: &str) -> PathBuf {
    world.directory.path().join(name)
}

fn settings(world: &World, sabotages: &str) -> Vec<(&'static str, String)> {
    let rule = |(name, point, action): &(&str, &str, &str)| {
        let file = file(world, name);
        let (file, waits) = (file.display(), *action == "hold");
        if waits { format!("{point}=hold:{file}@{file}") } else { format!("{point}={action}@{file}") }
    };
    vec![
        (faultpoint::POINTS, CUES.iter().map(rule).collect::<Vec<_>>().join(";")),
        (faultpoint::SABOTAGES, sabotages.to_owned()),
        (faultpoint::CLOCK, file(world, "clock").display().to_string()),
    ]
}

async fn serve(world: &World, sabotages: &str) -> Process {
    world.serve_with(Role::All, world.ports, &settings(world, sabotages)).await
}
