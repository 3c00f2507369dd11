use event_store::{Command, ExecuteError};
use tokio::task::JoinSet;

use crate::support::{Database, command, context, place, show_of};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_command_two_hundred_times_at_once_takes_effect_once() {
    let database = Database::new().await;
    let writers = [database.sequencer(), database.sequencer()];
    let show = show_of(&writers[0], 500).await;
    let context = context();
    let mut running = JoinSet::new();
    for number in 0..200usize {
        // Each caller makes ids of its own, as handlers do: only the first one's count.
        let command = Command { operation: place(show, 1), context: context.clone() };
        let writer = writers[number % 2].clone();
        running.spawn(async move { writer.execute(command).await.unwrap() });
    }
    let answers = running.join_all().await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.answer == answers[0].answer && answer.position == answers[0].position)
    );
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert_eq!(database.log().await.len(), 2 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_for_another_request_is_refused() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5).await;
    let first = command(place(show, 1));
    let mut second = Command { operation: place(show, 2), context: first.context.clone() };
    second.context.fingerprint = Some([8; 32]);
    sequencer.execute(first).await.unwrap();
    assert_eq!(sequencer.execute(second).await, Err(ExecuteError::KeyReused));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_is_run_again_when_repeated() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 1).await;
    let context = context();
    let too_many = Command { operation: place(show, 2), context: context.clone() };
    assert!(sequencer.execute(too_many).await.is_err());
    let repeated = Command { operation: place(show, 1), context };
    let answer = sequencer.execute(repeated).await.unwrap();
    assert!(!answer.replayed);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_outlive_the_process_that_gave_them() {
    let database = Database::new().await;
    let first = database.sequencer();
    let show = show_of(&first, 5).await;
    let asked = command(place(show, 1));
    let answer = first.execute(asked.clone()).await.unwrap();
    let again = database.sequencer().execute(asked).await.unwrap();
    assert_eq!((again.answer, again.position, again.replayed), (answer.answer, answer.position, true));
}
