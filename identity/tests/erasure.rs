//! A person is forgotten, in a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use identity::{
    CaseReference, ERASED, EraseError, Erased, Error, Ground, Identity, NewUser, Role, Roles, erase,
    erasure_of, profile, role_changes, sessions, user_with_email,
};
use sqlx::PgPool;
use uuid::Uuid;

const PASSWORD: &str = "correct horse";
const EMAIL: &str = "lovelace@analytical.example";

fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn ada() -> NewUser {
    NewUser {
        user_id: Uuid::new_v4().into(),
        email: EMAIL.into(),
        password: PASSWORD.into(),
        name: "Ada Lovelace".into(),
    }
}

struct House {
    pool: PgPool,
    identity: Identity,
    ada: UserId,
}

async fn house() -> House {
    let pool = support::database().await;
    let identity = Identity::new(pool.clone());
    let ada = identity.create_user(ada(), Role::Organizer.into(), false, noon()).await.unwrap();
    House { pool, identity, ada }
}

impl House {
    async fn erase(&self, case: Option<&str>) -> Result<Erased, EraseError> {
        let case = case.map(|case| case.parse::<CaseReference>().unwrap());
        let mut connection = self.pool.acquire().await.unwrap();
        erase(&mut connection, self.ada, Ground::Objection, case.as_ref(), noon()).await
    }

    async fn sign_in(&self) -> Result<identity::Session, Error> {
        self.identity.sign_in(EMAIL, PASSWORD, noon()).await
    }

    /// Every row in which she is named, of any table here and of what Postgres notes about them.
    async fn found(&self) -> Vec<String> {
        sqlx::raw_sql("analyze").execute(&self.pool).await.unwrap();
        let rows = "select line from (
            select users::text as line from users union all select sessions::text from sessions
            union all select role_changes::text from role_changes union all select erasures::text from erasures
            union all select pg_statistic::text from pg_statistic
        ) as lines where line ~* 'lovelace|analytical'";
        sqlx::query_scalar(rows).fetch_all(&self.pool).await.unwrap()
    }
}

#[tokio::test]
async fn who_is_erased_can_not_be_found_in_any_table_nor_in_the_statistics() {
    let house = house().await;
    for number in 0..40 {
        let other = NewUser { email: format!("{number}@example.org"), name: "Bob".into(), ..ada() };
        house.identity.sign_up(other, noon()).await.unwrap();
    }
    house.sign_in().await.unwrap();
    assert_eq!(house.found().await.len(), 1, "she is in users alone");

    let erased = house.erase(Some("T-1")).await.unwrap();

    assert_eq!((erased.before, erased.sessions), (false, 1));
    assert_eq!(house.found().await, Vec::<String>::new());
    let mut connection = house.pool.acquire().await.unwrap();
    let left = profile(&mut connection, house.ada).await.unwrap().unwrap();
    assert_eq!((left.name.as_str(), left.email, left.roles), (ERASED, None, vec!["customer".to_owned()]));
}

#[tokio::test]
async fn an_erased_user_is_signed_out_and_can_not_sign_in_and_the_address_is_free() {
    let house = house().await;
    let token = house.sign_in().await.unwrap().token;
    house.erase(None).await.unwrap();

    assert!(matches!(house.sign_in().await, Err(Error::WrongCredentials)));
    let elsewhere = Identity::new(house.pool.clone());
    assert_eq!(elsewhere.authenticate(&token, noon()).await.unwrap(), None);
    assert_eq!(house.identity.user(house.ada).await.unwrap(), None);
    let roles = house.identity.set_roles(house.ada, house.ada, Role::Admin.into(), noon()).await;
    assert!(matches!(roles, Err(Error::UnknownUser)));

    let successor = house.identity.sign_up(ada(), noon()).await.unwrap();
    assert_eq!(house.sign_in().await.unwrap().user.user_id, successor);
    assert_ne!(successor, house.ada);
}

#[tokio::test]
async fn a_sign_in_that_an_erasure_overtakes_opens_no_session() {
    let house = house().await;
    // The erasure holds its lock when the session is to be added, and commits only then.
    let mut erasing = house.pool.begin().await.unwrap();
    let locked = sqlx::query("select from users for update").fetch_all(&mut *erasing).await.unwrap();
    assert_eq!(locked.len(), 1);
    let identity = house.identity.clone();
    let signing_in = tokio::spawn(async move { identity.sign_in(EMAIL, PASSWORD, noon()).await });
    let waiting = "select count(*) from pg_stat_activity \
                   where datname = current_database() and wait_event_type = 'Lock'";
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&house.pool).await.unwrap() == 0 {
        assert!(tokio::time::Instant::now() < deadline, "the sign-in does not wait");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    sqlx::query("update users set email = null, name = '[erased]', password_hash = null")
        .execute(&mut *erasing)
        .await
        .unwrap();
    erasing.commit().await.unwrap();

    assert!(matches!(signing_in.await.unwrap(), Err(Error::WrongCredentials)));
    let mut connection = house.pool.acquire().await.unwrap();
    assert_eq!(sessions(&mut connection, house.ada).await.unwrap(), []);
}

#[tokio::test]
async fn an_erasure_is_written_down_once_without_saying_who_it_was() {
    let house = house().await;
    assert!(matches!(house.erase(Some("case-lovelace")).await, Err(EraseError::CaseNamesUser)));
    assert!(house.sign_in().await.is_ok(), "nothing was done");

    let first = house.erase(Some("T-4711")).await.unwrap();
    let second = house.erase(Some("T-4712")).await.unwrap();

    assert_eq!((second.before, &second.erasure), (true, &first.erasure));
    assert_eq!(
        (first.erasure.ground.as_str(), first.erasure.reference.as_deref()),
        ("objection", Some("T-4711"))
    );
    assert_eq!((first.erasure.user_id, first.erasure.erased_at), (house.ada.uuid(), noon()));
    let mut connection = house.pool.acquire().await.unwrap();
    assert_eq!(erasure_of(&mut connection, house.ada).await.unwrap(), Some(first.erasure));
}

#[tokio::test]
async fn nobody_can_not_be_erased() {
    let house = house().await;
    let mut connection = house.pool.acquire().await.unwrap();
    let nobody = UserId::from(Uuid::new_v4());
    let refused = erase(&mut connection, nobody, Ground::Requested, None, noon()).await;
    assert!(matches!(refused, Err(EraseError::UnknownUser)));
    assert_eq!(erasure_of(&mut connection, nobody).await.unwrap(), None);
    assert_eq!(user_with_email(&mut connection, "nobody@example.org").await.unwrap(), None);
}

#[tokio::test]
async fn a_seeded_user_who_was_erased_is_not_made_again() {
    let house = house().await;
    house.erase(None).await.unwrap();
    let again = NewUser { user_id: house.ada, ..ada() };
    let refused = house.identity.create_user(again, Roles::default(), true, noon()).await;
    assert!(matches!(refused, Err(Error::EmailTaken)));
    assert_eq!(house.found().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_held_of_a_user_can_be_handed_out() {
    let house = house().await;
    let token = house.sign_in().await.unwrap().token;
    house.identity.sign_out(&token, noon() + TimeDelta::minutes(1)).await.unwrap();
    let (admin, bob) = (UserId::from(Uuid::new_v4()), NewUser { email: "bob@example.org".into(), ..ada() });
    let bob = house.identity.sign_up(bob, noon()).await.unwrap();
    for (by, whose) in [(admin, house.ada), (house.ada, bob), (admin, bob)] {
        house.identity.set_roles(by, whose, Role::Operator.into(), noon()).await.unwrap();
    }
    let mut connection = house.pool.acquire().await.unwrap();

    let held = profile(&mut connection, house.ada).await.unwrap().unwrap();
    assert_eq!((held.email.as_deref(), held.name.as_str()), (Some(EMAIL), "Ada Lovelace"));
    assert_eq!(
        user_with_email(&mut connection, " LOVELACE@analytical.example").await.unwrap(),
        Some(house.ada)
    );
    let ended: Vec<_> = sessions(&mut connection, house.ada)
        .await
        .unwrap()
        .iter()
        .map(|session| session.revoked_at)
        .collect();
    assert_eq!(ended, [Some(noon() + TimeDelta::minutes(1))]);
    let first = role_changes(&mut connection, house.ada, 0, 1).await.unwrap();
    let rest = role_changes(&mut connection, house.ada, first[0].change_id, 10).await.unwrap();
    let pairs: Vec<_> = first.iter().chain(&rest).map(|change| (change.changed_by, change.user_id)).collect();
    assert_eq!(pairs, [(admin.uuid(), house.ada.uuid()), (house.ada.uuid(), bob.uuid())]);
}
