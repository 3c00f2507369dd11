//! Queries while Postgres dies and comes back.

use std::time::{Duration, Instant};

use identity::Role;

use crate::support::{BoxOffice, draft, standing};

#[tokio::test]
async fn queries_are_answered_again_soon_after_postgres_was_killed() {
    let private = engines::testing::private_postgres().await.unwrap();
    let office = BoxOffice::open_on(&private.postgres.url()).await;
    let organizer = office.user(Role::Organizer).await;
    let show = office.sell(&organizer, draft("Lear", vec![standing("FLOOR", 10)])).await;
    let path = format!("/v1/shows/{show}");
    // Several connections, all of which will be dead.
    let (first, second, third) =
        tokio::join!(office.read(&path, None), office.read(&path, None), office.read(&path, None));
    assert!(first == second && second == third);

    private.postgres.kill9().unwrap();
    for _ in 0..3 {
        let away = office.get(&path, None).await;
        assert_eq!((away.status.as_u16(), away.problem()), (503, "engine-away"));
        assert!(!away.header("retry-after").is_empty());
    }
    private.postgres.restart().await.unwrap();
    let back = Instant::now();
    loop {
        // The read models may have lost their last commits, which the log has: hence not `get`.
        let answer = office.see(&path, Some(&organizer)).await;
        if answer.status == 200 {
            assert_eq!(answer.body, first);
            break;
        }
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(back.elapsed() < Duration::from_secs(15), "still away: {}", answer.body);
    }
}
