//! What happens without anybody asking: the bank decides, and notices are told until somebody takes them.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use crate::{
    bank::{Bank, LOOK_EVERY},
    books::{Entry, Job},
    charging,
    notice::Notice,
    refund::Refund,
};

/// How long one try may take.
const TRY: Duration = Duration::from_secs(5);
/// How often a notice is tried, and for how long at most.
const TRIES: u32 = 60;
const TRIES_WITHIN: TimeDelta = TimeDelta::minutes(15);
/// The pause after the first try; twice as long after each further one, up to the longest.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Tries at once.
const AT_ONCE: usize = 32;

/// What notices are told with, and places for those who do.
type Phone = (Client, Arc<Semaphore>);

/// What notices are told with.
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder().timeout(TRY).redirect(Policy::none()).build()
}

/// Until everything ends.
pub(crate) async fn run(bank: Arc<Bank>, client: Client) {
    let end = bank.end.clone();
    let _ = end.run_until_cancelled(work(&bank, &client)).await;
}

async fn work(bank: &Arc<Bank>, client: &Client) {
    let mut telling = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let now = bank.now();
        let jobs = bank.books().take_due(now);
        for job in jobs {
            match job {
                Job::Settle(intent) => settle(bank, &intent, now),
                Job::SettleRefunds(intent) => settle_refunds(bank, &intent, now),
                Job::Tell(intent) => {
                    if let Some(notice) = bank.books().take_notice(&intent, now) {
                        let phone = (client.clone(), Arc::clone(&places));
                        telling.spawn(tell(Arc::clone(bank), phone, notice));
                    }
                }
            }
        }
        while telling.try_join_next().is_some() {}
        let next = bank.books().next_due();
        let left = next.and_then(|next| (next - bank.now()).to_std().ok()).unwrap_or(LOOK_EVERY);
        tokio::select! {
            () = bank.changed.notified() => {}
            () = sleep(left.clamp(Duration::from_millis(1), LOOK_EVERY)) => {}
        }
    }
}

fn settle(bank: &Bank, intent: &str, now: DateTime<Utc>) {
    let ((), _) = bank.decide(|books, _| {
        let settled = books.intent(intent).cloned().and_then(|intent| charging::settle(intent, now));
        let entries = settled.map(|(intent, notice)| {
            [Entry::Intent(intent)].into_iter().chain(notice.map(Entry::Notice)).collect()
        });
        (entries.unwrap_or_default(), ())
    });
}

fn settle_refunds(bank: &Bank, intent: &str, now: DateTime<Utc>) {
    let ((), _) = bank.decide(|books, _| {
        let due = books.refunds(intent).iter().filter(|refund| refund.settles_at.is_some_and(|at| at <= now));
        let went = due.map(|refund| Entry::Refund(Refund { settles_at: None, ..refund.clone() }));
        (went.collect(), ())
    });
}

async fn tell(bank: Arc<Bank>, phone: Phone, notice: Notice) {
    let taken = tell_until_taken(&bank, &phone, &notice).await;
    let (intent, id) = (notice.intent, notice.id);
    let entry = if taken {
        Entry::Told { intent, notice: id }
    } else {
        tracing::warn!(notice = id, "a webhook was sent often enough in vain");
        Entry::GivenUp { intent, notice: id }
    };
    // Not waited for: what is lost of it in a crash is told once more after the next start, as any provider's may be.
    let ((), _) = bank.decide(|_, _| (vec![entry], ()));
    bank.told.notify_waiters();
}

async fn tell_until_taken(bank: &Bank, (client, places): &Phone, notice: &Notice) -> bool {
    let (begun, mut pause) = (bank.now(), PAUSE);
    for _ in 0..TRIES {
        // Only for the try: those that nobody takes must not keep the others waiting.
        let place = places.acquire().await;
        let told = tell_once(bank, client, notice).await;
        drop(place);
        match told {
            Ok(()) => return true,
            Err(reason) => tracing::debug!(notice = notice.id, reason, "a webhook was not taken"),
        }
        if bank.now() - begun > TRIES_WITHIN {
            return false;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    false
}

async fn tell_once(bank: &Bank, client: &Client, notice: &Notice) -> Result<(), String> {
    let Some(url) = &bank.options.webhook_url else { return Ok(()) };
    let signature = bank.options.webhook_secret.sign_stripe(bank.now().timestamp(), notice.body.as_bytes());
    let request =
        client.post(url).header(CONTENT_TYPE, "application/json").header("Stripe-Signature", signature);
    let response = request.body(notice.body.clone()).send().await.map_err(|error| error.to_string())?;
    let status = response.status();
    if status.is_success() { Ok(()) } else { Err(status.to_string()) }
}
