//! Two of every process, a provider with books of its own, and between them a post that can't be relied on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use engines::testing::{SharedEngines, ThrowawayEngines, throwaway};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::sync::RwLock;

use super::{plan::Plan, post::Post, signed::CALLBACK_SECRET, wares};
use crate::{
    campaign::instance::Instance,
    support::{Api, Caller, PASSWORD, Role, World, eventually, new_key},
};

const CONNECTIONS: u32 = 300;
const STARTS_WITHIN: Duration = Duration::from_mins(2);
/// Customers don't wait longer, and ask again.
const PATIENCE: Duration = Duration::from_secs(6);
const SECRET_KEY: &str = "sk_test_campaign";
const WEBHOOK_SECRET: &str = "whsec_campaign";
/// Long enough for every charge but those that are late on purpose.
const PATIENT: u32 = 30;
/// As short as it may be: what is not settled at once comes late.
const HASTY: u32 = 5;
/// What every customer has to spend; some orders are too much.
const FUNDS: i64 = 8_000;

pub(crate) struct House {
    pub(crate) staff: Vec<Arc<Instance>>,
    pub(crate) provider: Arc<Instance>,
    pub(crate) post: Post,
    pub(crate) organizer: Vec<Caller>,
    pub(crate) operator: Vec<Caller>,
    /// Each has as many ways in as there are processes to ask.
    pub(crate) customers: Vec<Vec<Caller>>,
    pub(crate) shows: Shows,
    placed: AtomicUsize,
    pub(crate) world: World,
    _engines: ThrowawayEngines,
}

/// One takes its time, one does not, and one will not take place.
pub(crate) struct Shows {
    pub(crate) patient: String,
    pub(crate) hasty: String,
    pub(crate) doomed: RwLock<String>,
}

impl House {
    pub(super) async fn open(plan: &Plan) -> Arc<Self> {
        let engines = throwaway(CONNECTIONS).await.unwrap();
        let world = World::on(SharedEngines { ..engines.addresses() }).await;
        let post = Post::open(plan.seed).await;
        let directory = world.directory.path();
        let provider = Instance::start(Role::ProviderSim, 1, settings(&world, &post, None), directory);
        let settings = settings(&world, &post, Some(&provider.address()));
        let start = |role, number| Instance::start(role, number, settings.clone(), directory);
        let twice = [Role::CommandApi, Role::Processes].into_iter().flat_map(|role| [(role, 1), (role, 2)]);
        let once = [Role::QueryApi, Role::Relay, Role::Projections].map(|role| (role, 1));
        let staff: Vec<_> = twice.chain(once).map(|(role, number)| start(role, number)).collect();
        ready(&staff, &provider).await;
        post.delivers_to(addresses(&staff, Role::CommandApi));
        let stranger = ways(&staff);
        let hire = async |role| sign_in(&stranger, &world.hire(&[role]).await).await;
        let (organizer, operator) = (hire("organizer").await, hire("operator").await);
        let mut customers = Vec::new();
        for _ in 0..plan.customers {
            customers.push(customer(&stranger, &operator).await);
        }
        let show = async |hold| publish(&organizer[0], &wares::show(hold)).await;
        let shows = Shows {
            patient: show(PATIENT).await,
            hasty: show(HASTY).await,
            doomed: RwLock::new(show(PATIENT).await),
        };
        let placed = AtomicUsize::new(0);
        Arc::new(Self {
            staff,
            provider,
            post,
            organizer,
            operator,
            customers,
            shows,
            placed,
            world,
            _engines: engines,
        })
    }

    /// How many orders were placed.
    pub(super) fn placed(&self) -> usize {
        self.placed.load(Ordering::Relaxed)
    }

    /// One more was; how many there are now.
    pub(super) fn another_placed(&self) -> usize {
        self.placed.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Another show that will not take place.
    pub(super) async fn doom_another(&self) -> String {
        publish(&self.organizer[0], &wares::show(PATIENT)).await
    }

    /// What the program is told when it is run from the command line.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        settings(&self.world, &self.post, Some(&self.provider.address()))
    }
}

fn settings(world: &World, post: &Post, provider: Option<&str>) -> Vec<(&'static str, String)> {
    let mut settings = world.settings();
    settings.extend([
        ("STAGEDOOR_CALLBACK_SECRET", CALLBACK_SECRET.to_owned()),
        ("STAGEDOOR_STRIPE_SECRET_KEY", SECRET_KEY.to_owned()),
        ("STAGEDOOR_STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
        ("STAGEDOOR_STRIPE_PAYMENT_METHOD", "pm_card_visa".to_owned()),
        ("STAGEDOOR_PROVIDER_SIM_WEBHOOK_URL", post.url.clone()),
    ]);
    settings.extend(provider.map(|address| ("STAGEDOOR_STRIPE_URL", address.to_owned())));
    settings
}

async fn ready(staff: &[Arc<Instance>], provider: &Arc<Instance>) {
    let http = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let asked = staff.iter().map(|instance| (instance, "readyz")).chain([(provider, "healthz")]);
    for (instance, path) in asked {
        eventually(&format!("{} is ready", instance.name), STARTS_WITHIN, || async {
            let answer = http.get(format!("{}/{path}", instance.address())).send().await.ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
    }
}

fn addresses(staff: &[Arc<Instance>], role: Role) -> Vec<String> {
    staff.iter().filter(|instance| instance.role == role).map(|instance| instance.address()).collect()
}

/// Somebody who has not signed in, at every command-api.
fn ways(staff: &[Arc<Instance>]) -> Vec<Caller> {
    let http = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let queries = addresses(staff, Role::QueryApi).remove(0);
    let callers = addresses(staff, Role::CommandApi).into_iter().map(|commands| {
        let api = Api { http: http.clone(), commands, queries: queries.clone() };
        Caller { api, user_id: String::new(), token: None }
    });
    callers.collect()
}

async fn sign_in(ways: &[Caller], email: &str) -> Vec<Caller> {
    let signed_in = ways[0].sign_in(email, PASSWORD).await;
    ways.iter().map(|way| Caller { api: way.api.clone(), ..signed_in.clone() }).collect()
}

async fn customer(stranger: &[Caller], operator: &[Caller]) -> Vec<Caller> {
    let email = format!("{}@example.org", new_key());
    let body = json!({ "email": email, "password": PASSWORD, "name": "Casey" });
    stranger[0].command(Method::POST, "/v1/users", body).await.ok(201);
    let customer = sign_in(stranger, &email).await;
    let account = customer[0].post("/v1/accounts", json!({ "currency": "EUR" })).await.ok(201);
    let deposit = format!("/v1/accounts/{}/deposits", account.text("account_id"));
    operator[0].post(&deposit, json!({ "amount": FUNDS })).await.ok(201);
    customer
}

async fn publish(organizer: &Caller, show: &Value) -> String {
    let show = super::story::persist(std::slice::from_ref(organizer), "/v1/shows", show)
        .await
        .ok(201)
        .text("show_id");
    let publish = format!("/v1/shows/{show}/publish");
    super::story::persist(std::slice::from_ref(organizer), &publish, &json!({})).await.ok(200);
    show
}
