//! Whose word counts on how far a process has read.

use event_store::{Position, new_id};
use processes::{HoldExpiry, Process, RunnerStatus};
use uuid::Uuid;

use crate::{
    shop::{order, show_of},
    support::World,
};

/// Has a process read up to `position`, under a lease; one step of its waits for tomorrow.
async fn left_behind(world: &World, log_id: Uuid, position: Position, token: i64) {
    let mut connection = world.connect().await;
    let checkpoint =
        "insert into process_checkpoints (process, position, log_id, token) values ($1, $2, $3, $4)";
    sqlx::query(checkpoint)
        .bind(HoldExpiry::NAME)
        .bind(position)
        .bind(log_id)
        .bind(token)
        .execute(&mut connection)
        .await
        .unwrap();
    let step = "insert into process_steps (process, target, step, cause, due_at) \
                values ($1, gen_random_uuid(), 'expire', gen_random_uuid(), now() + interval '1 day')";
    sqlx::query(step).bind(HoldExpiry::NAME).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_stale_worker_neither_forgets_steps_nor_moves_the_checkpoint() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    order(&world, show, 1).await.unwrap();
    left_behind(&world, world.head().await.log_id, 1, 7).await;
    let steps = world.steps(HoldExpiry::NAME).await;

    let mut stale = world.run::<HoldExpiry>();

    assert_eq!(stale.says().await, RunnerStatus::StandingBy);
    assert_eq!(world.position(HoldExpiry::NAME).await, Some(1));
    assert_eq!(world.steps(HoldExpiry::NAME).await, steps);
    stale.stop().await;
}

#[tokio::test]
async fn nor_does_it_where_the_log_is_another_one() {
    let world = World::new().await;
    left_behind(&world, new_id(), 99, 7).await;
    let steps = world.steps(HoldExpiry::NAME).await;

    let mut stale = world.run::<HoldExpiry>();

    assert_eq!(stale.says().await, RunnerStatus::StandingBy);
    assert_eq!(world.position(HoldExpiry::NAME).await, Some(99));
    assert_eq!(world.steps(HoldExpiry::NAME).await, steps);
    stale.stop().await;
}

#[tokio::test]
async fn steps_that_could_not_be_noted_are_noted_when_the_event_is_read_again() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    order(&world, show, 1).await.unwrap();
    let refused = "create function refuse() returns trigger language plpgsql as \
                   $$ begin raise exception 'no step can be noted'; end $$; \
                   create trigger refuse before insert on process_steps for each row execute function refuse();";
    sqlx::raw_sql(refused).execute(&mut world.connect().await).await.unwrap();
    let mut runner = world.run::<HoldExpiry>();
    let RunnerStatus::Failing(reason) = runner.says().await else { panic!("it should say that it fails") };
    assert!(reason.contains("no step can be noted"), "{reason}");

    sqlx::raw_sql("drop trigger refuse on process_steps").execute(&mut world.connect().await).await.unwrap();

    world.caught_up(HoldExpiry::NAME).await;
    assert_eq!(world.steps(HoldExpiry::NAME).await.len(), 1, "the hold's end is forgotten");
    runner.stop().await;
}

#[tokio::test]
async fn a_checkpoint_of_another_log_starts_over() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    let placed = order(&world, show, 1).await.unwrap().answer;
    left_behind(&world, new_id(), 99, 0).await;

    let runner = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;

    let targets: Vec<Uuid> = world.steps(HoldExpiry::NAME).await.iter().map(|step| step.target).collect();
    assert_eq!(targets, [placed.order_id.uuid()], "the other log's step is gone, this one's is there");
    runner.stop().await;
}

#[tokio::test]
async fn a_checkpoint_beyond_the_log_starts_over() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    let placed = order(&world, show, 1).await.unwrap().answer;
    left_behind(&world, world.head().await.log_id, 99, 0).await;

    let runner = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;

    let targets: Vec<Uuid> = world.steps(HoldExpiry::NAME).await.iter().map(|step| step.target).collect();
    assert_eq!(targets, [placed.order_id.uuid()], "what came after the log's end is gone");
    runner.stop().await;
}

/// Programs that run on keep in memory what they read a moment ago.
#[tokio::test]
async fn what_was_read_before_the_log_was_put_back_is_not_reacted_to() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    let kept = order(&world, show, 1).await.unwrap();
    let lost = order(&world, show, 1).await.unwrap();
    let runner = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;

    let put_back = sqlx::AssertSqlSafe(format!(
        "alter table events disable trigger user;
         delete from events where position > {0};
         alter table events enable trigger user;
         update process_checkpoints set position = {0};
         delete from process_steps where target = '{1}';
         select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'stagedoor %'",
        kept.position,
        lost.answer.order_id.uuid(),
    ));
    sqlx::raw_sql(put_back).execute(&mut world.connect().await).await.unwrap();
    let instead = order(&world, show, 1).await.unwrap();
    assert_eq!(instead.position, lost.position, "it takes the lost order's place");

    crate::support::until("the hold that took the lost one's place is noted", async || {
        let noted: Vec<Uuid> = world.steps(HoldExpiry::NAME).await.iter().map(|step| step.target).collect();
        noted == [kept.answer.order_id.uuid(), instead.answer.order_id.uuid()]
    })
    .await;
    runner.stop().await;
}

#[tokio::test]
async fn a_log_that_becomes_another_one_is_read_anew() {
    let world = World::new().await;
    let show = show_of(&world, 10).await;
    order(&world, show, 1).await.unwrap();
    let runner = world.run::<HoldExpiry>();
    world.caught_up(HoldExpiry::NAME).await;

    let restored = new_id();
    let mut connection = world.connect().await;
    sqlx::query("update log_identity set log_id = $1").bind(restored).execute(&mut connection).await.unwrap();

    crate::support::until("the checkpoint is of the new log", async || {
        let known = "select log_id from process_checkpoints where process = $1";
        let known: Uuid = sqlx::query_scalar(known)
            .bind(HoldExpiry::NAME)
            .fetch_one(&mut world.connect().await)
            .await
            .unwrap();
        known == restored
    })
    .await;
    world.caught_up(HoldExpiry::NAME).await;
    assert_eq!(world.steps(HoldExpiry::NAME).await.len(), 1);
    runner.stop().await;
}
