//! What customers were told.

use identity::Role;
use serde_json::{Value, json};

use crate::support::{BoxOffice, User};

async fn tell(office: &BoxOffice, user: &User, position: i64) {
    let tell = "insert into notifications \
                (notification_id, user_id, order_id, kind, position, subject, body_text, created_at, sent_at) \
                values (gen_random_uuid(), $1, gen_random_uuid(), 'order_confirmed', $2, 'Your tickets', 'Hurrah', \
                now(), case when $2 = 1 then now() end)";
    let tell = sqlx::query(tell).bind(user.id.uuid()).bind(position);
    tell.execute(&mut office.connect().await).await.unwrap();
}

fn sent(page: &Value) -> Vec<bool> {
    page["data"].as_array().unwrap().iter().map(|one| one.get("sent_at").is_some()).collect()
}

#[tokio::test]
async fn everyone_sees_what_they_were_told_themselves_newest_first() {
    let office = BoxOffice::open().await;
    let (ada, bob) = (office.user(Role::Customer).await, office.user(Role::Operator).await);
    for (user, position) in [(&ada, 1), (&bob, 2), (&ada, 3), (&ada, 4)] {
        tell(&office, user, position).await;
    }
    let first = office.read("/v1/notifications?limit=2", Some(&ada)).await;
    assert_eq!(sent(&first), [false, false]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = office.read(&format!("/v1/notifications?limit=2&cursor={cursor}"), Some(&ada)).await;
    assert_eq!((sent(&second), &second["next_cursor"]), (vec![true], &Value::Null));
    let one = second["data"][0].as_object().unwrap();
    let fields: Vec<_> = one.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["body_text", "created_at", "kind", "notification_id", "order_id", "sent_at", "subject"]
    );
    assert_eq!((&one["kind"], &one["body_text"]), (&json!("order_confirmed"), &json!("Hurrah")));
    assert_eq!(office.read("/v1/notifications", Some(&bob)).await["data"].as_array().unwrap().len(), 1);
    assert_eq!(office.get("/v1/notifications", None).await.problem(), "unauthenticated");
}
