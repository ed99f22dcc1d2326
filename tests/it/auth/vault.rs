//! Two vaults over one store, as two processes have them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use client::client::Options;
use client::vault::{AccessToken, TokenVault, VaultError};
use domain::ids::SellerId;
use domain::machine::Instant;
use engine::clock::Clock;
use engine::config::Config;
use engine::config::auth::{Address, Auth, Pkce};
use engine::vault::Vault;
use engine::vault::cause::Cause;
use engine::vault::fault::Fault;
use engine::vault::login::Login;
use engine::vault::seal::{Keyring, SealError, key_of, new_line};
use engine::vault::shown::Shown;
use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use store::memory::MemoryStore;
use store::postgres::{PostgresOptions, PostgresStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;
use tempfile::TempDir;
use tokio::time::timeout;

use super::provider::{APPLICATION, Manner, Provider, SECRET, SELLER, browse};
use crate::schema::Schema;
use crate::shop::at;

/// When the seller of the tests authorised.
const LINKED: &str = "2026-11-01T12:00:00Z";

fn linked_at() -> Instant {
    at(LINKED)
}

fn days(days: i64) -> Instant {
    linked_at() + TimeDelta::days(days)
}

fn seller() -> SellerId {
    SELLER.into()
}

/// A provider, a key, and how vaults are configured.
struct Scene {
    provider: Provider,
    folder: TempDir,
    config: Config,
}

impl Scene {
    fn new() -> Self {
        // Another test of this process may have been first.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let (provider, folder) = (Provider::start(), tempfile::tempdir().expect("a temporary folder"));
        let key = new_line("2026").expect("there is randomness");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("keys"), key.expose_secret()).expect("a file");
        std::fs::write(path("secret"), SECRET).expect("a file");
        let text = format!(
            "[client]\nbase = \"{base}\"\n\
             [auth]\nkeys = \"file:{keys}\"\nauthorization_url = \"{base}/authorization\"\nlease_seconds = 30\n\
             [auth.applications.{APPLICATION}]\nsecret = \"file:{secret}\"\n",
            base = provider.base(),
            keys = path("keys").display(),
            secret = path("secret").display(),
        );
        let config = Config::read(Some(("test.toml", &text)), []).expect("it fits");
        Self { provider, folder, config }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn auth(&self) -> Auth {
        self.config.auth.clone()
    }

    fn options(&self) -> Options {
        self.config.client.options()
    }

    /// A vault at an instant.
    fn vault(&self, store: &Arc<dyn Store>, now: Instant) -> Vault {
        let clock = Clock::Fixed(now);
        Vault::new(Arc::clone(store), self.auth(), self.options(), clock).expect("it can be made")
    }

    /// A store in a file.
    async fn sqlite(&self) -> Arc<dyn Store> {
        let path = self.path("books.db").display().to_string();
        Arc::new(SqliteStore::open(&path, &SqliteOptions::default()).await.expect("a store"))
    }

    /// Links the seller, who authorises as in a browser.
    async fn link(&self, store: &Arc<dyn Store>) -> Shown {
        let page = Address::try_from(format!("{}/authorization", self.provider.base())).expect("an address");
        let redirect = Address::try_from("http://127.0.0.1:1/linked".to_owned()).expect("an address");
        let mut login = Login::begin(&page, APPLICATION, redirect, Pkce::S256).expect("there is randomness");
        let (status, back) = browse(login.url());
        assert_eq!(status, 302);
        let back = back.expect("the browser is sent back");
        let code = login.answer(back.query().expect("with a query")).expect("it is the answer");
        self.vault(store, linked_at()).login(&seller(), APPLICATION, code).await.expect("it is granted")
    }

    /// How often tokens were granted.
    fn granted(&self) -> u32 {
        self.provider.known().granted
    }
}

/// The text of an access token by its number.
fn token(number: u32) -> AccessToken {
    AccessToken::new(format!("APP_USR-77-112110-SECRET{number}-{SELLER}"))
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// The one link of a store.
async fn shown(vault: &Vault) -> Shown {
    let mut links = vault.links().await.expect("the store answers");
    assert_eq!(links.len(), 1);
    links.remove(0)
}

fn cause(shown: &Shown) -> Option<Cause> {
    shown.failure.map(|failure| failure.cause)
}

/// Eight callers of two processes want a token that has run out.
async fn both_get_the_new_token_of_one_refresh(one: Arc<dyn Store>, two: Arc<dyn Store>) {
    let scene = Scene::new();
    scene.link(&one).await;
    let vaults = [scene.vault(&one, days(200)), scene.vault(&two, days(200))];
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let vault = vaults[caller % 2].clone();
            tokio::spawn(async move { vault.token(&seller()).await })
        })
        .collect();
    for caller in callers {
        let got = caller.await.expect("no caller panics");
        assert_eq!(got.expect("there is a token"), token(2));
    }
    let known = scene.provider.known();
    let grants: Vec<_> = known.asked.iter().map(|asked| asked.grant_type.as_str()).collect();
    assert_eq!(grants, ["authorization_code", "refresh_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_over_a_file_ask_for_new_tokens_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("books.db").display().to_string();
    let open = || async { SqliteStore::open(&path, &SqliteOptions::default()).await.expect("a store") };
    both_get_the_new_token_of_one_refresh(Arc::new(open().await), Arc::new(open().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_over_postgresql_ask_for_new_tokens_once() {
    let schema = Schema::new();
    let url = schema.url();
    let open = || async { PostgresStore::open(&url, &PostgresOptions::default()).await.expect("a store") };
    let (one, two) = (Arc::new(open().await), Arc::new(open().await));
    both_get_the_new_token_of_one_refresh(Arc::clone(&one) as _, Arc::clone(&two) as _).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_tokens_are_in_the_store_before_anybody_has_them() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    let first = scene.vault(&store, days(170));
    assert_eq!(first.token(&seller()).await.expect("it is renewed"), token(2));
    // Another process needs no provider for it.
    scene.provider.known().manner = Manner::Fails;
    assert_eq!(scene.vault(&store, days(170)).token(&seller()).await.expect("it is there"), token(2));
    let shown = shown(&first).await;
    assert_eq!((shown.standing, shown.refreshed_at), ("valid", Some(days(170))));
    assert_eq!(shown.expires_at, Some(days(350)));
}

/// A connection that lets nobody write a cell until it commits.
async fn locked(url: &str) -> PgConnection {
    let mut conn = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let lock = "BEGIN; LOCK TABLE cells IN EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut conn).await.expect("nobody holds it");
    conn
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_saw_the_same_tokens_one_asks_for_new_ones() {
    let (scene, schema) = (Scene::new(), Schema::new());
    let url = schema.url();
    let open = async || PostgresStore::open(&url, &PostgresOptions::default()).await.expect("a store");
    let stores: [Arc<dyn Store>; 2] = [Arc::new(open().await), Arc::new(open().await)];
    scene.link(&stores[0]).await;
    let mut other = locked(&url).await;
    let asking = stores.each_ref().map(|store| {
        let vault = scene.vault(store, days(200));
        tokio::spawn(async move { vault.token(&seller()).await })
    });
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'cells'::regclass";
    let both_wait = async {
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut other).await.expect("a count") < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), both_wait).await.expect("both have looked and want to write");
    sqlx::raw_sql("COMMIT").execute(&mut other).await.expect("it is held");
    for asking in asking {
        assert_eq!(asking.await.expect("it ends").expect("there is a token"), token(2));
    }
    let known = scene.provider.known();
    let grants: Vec<_> = known.asked.iter().map(|asked| asked.grant_type.as_str()).collect();
    assert_eq!(grants, ["authorization_code", "refresh_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_new_tokens_as_long_as_the_store_cannot_keep_them() {
    let (scene, schema) = (Scene::new(), Schema::new());
    let url = schema.url();
    let store = PostgresStore::open(&url, &PostgresOptions::default()).await.expect("a store");
    let store: Arc<dyn Store> = Arc::new(store);
    scene.link(&store).await;
    scene.provider.known().manner = Manner::Held;
    let vault = scene.vault(&store, days(200));
    let mut asking = tokio::spawn(async move { vault.token(&seller()).await });
    scene.provider.was_asked(2);
    let mut other = locked(&url).await;
    scene.provider.release();
    let early = timeout(Duration::from_secs(1), &mut asking).await;
    assert!(early.is_err(), "{early:?}");
    sqlx::raw_sql("COMMIT").execute(&mut other).await.expect("it is held");
    assert_eq!(asking.await.expect("it ends").expect("there is a token"), token(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_before_it_keeps_the_answer_leaves_a_cause_of_its_own() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.provider.known().manner = Manner::Silent;
    let doomed = tokio::runtime::Runtime::new().expect("a runtime of its own");
    let vault = scene.vault(&store, days(160));
    doomed.spawn(async move { vault.token(&seller()).await });
    scene.provider.was_asked(2);
    doomed.shutdown_background();
    scene.provider.known().manner = Manner::Answers;
    let survivor = scene.vault(&store, days(160));
    assert_eq!(shown(&survivor).await.standing, "renewing");
    let later = days(160) + TimeDelta::seconds(30);
    assert_eq!(shown(&scene.vault(&store, later)).await.standing, "interrupted");
    let survivor = scene.vault(&store, later);
    assert_eq!(survivor.token(&seller()).await.expect("the old one still holds"), token(1));
    assert_eq!(cause(&shown(&survivor).await), Some(Cause::AnswerLost));
    let end = scene.vault(&store, days(180));
    let error = end.token(&seller()).await.expect_err("it has run out and nothing renews it");
    assert!(
        matches!(&error, VaultError::Ended { cause, .. } if *cause == Cause::AnswerLost.told()),
        "{error:?}"
    );
    assert_eq!(shown(&end).await.standing, "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_does_not_take_the_answer_along() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.provider.known().manner = Manner::Held;
    let vault = scene.vault(&store, days(200));
    {
        let seller = seller();
        let asking = vault.token(&seller);
        tokio::pin!(asking);
        assert!(futures_util::poll!(asking.as_mut()).is_pending());
        scene.provider.was_asked(2);
    }
    scene.provider.release();
    assert_eq!(vault.token(&seller()).await.expect("it was kept"), token(2));
    assert_eq!(scene.granted(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_answer_is_lost_keeps_the_old_token_and_is_tried_again_later() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.provider.known().manner = Manner::Fails;
    let vault = scene.vault(&store, days(160));
    assert_eq!(vault.token(&seller()).await.expect("the old one still holds"), token(1));
    let interrupted = shown(&vault).await;
    assert_eq!((interrupted.standing, cause(&interrupted)), ("interrupted", Some(Cause::Unavailable)));
    let asked = scene.provider.known().asked.len();
    let soon = scene.vault(&store, days(160) + TimeDelta::seconds(29));
    assert_eq!(soon.token(&seller()).await.expect("the old one still holds"), token(1));
    assert_eq!(scene.provider.known().asked.len(), asked, "nobody tries for half a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_the_provider_uses_nothing_up() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.provider.known().manner = Manner::Limits;
    let vault = scene.vault(&store, days(190));
    let error = vault.token(&seller()).await.expect_err("it has run out");
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(shown(&vault).await.standing, "expired");
    scene.provider.known().manner = Manner::Answers;
    let later = scene.vault(&store, days(190) + TimeDelta::seconds(30));
    assert_eq!(later.token(&seller()).await.expect("it is renewed"), token(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_another_program_has_used_is_told_as_that() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.provider.known().refresh = "SECRET-of-another-program".to_owned();
    let vault = scene.vault(&store, days(160));
    assert_eq!(vault.token(&seller()).await.expect("the old one still holds"), token(1));
    assert_eq!(cause(&shown(&vault).await), Some(Cause::UsedTwice));
    let error = scene.vault(&store, days(180)).token(&seller()).await.expect_err("it has run out");
    assert!(
        matches!(&error, VaultError::Ended { cause, .. } if *cause == Cause::UsedTwice.told()),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_provider_refuses_is_renewed_once() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    let (one, two) = (scene.vault(&store, days(3)), scene.vault(&store, days(3)));
    assert_eq!(two.token(&seller()).await.expect("it holds"), token(1));
    one.rejected(&seller(), &token(1)).await.expect("another can be had");
    assert_eq!(one.token(&seller()).await.expect("it holds"), token(2));
    two.rejected(&seller(), &token(1)).await.expect("another is there");
    assert_eq!(two.token(&seller()).await.expect("it holds"), token(2));
    assert_eq!(scene.granted(), 2);
    let error = one.rejected(&seller(), &token(2)).await.expect_err("it is new");
    assert!(matches!(error, VaultError::Refused { .. }), "{error:?}");
    assert_eq!(scene.granted(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_the_provider_ended_without_a_word_is_told_as_unknown() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.provider.known().refresh = "SECRET-of-nobody".to_owned();
    let vault = scene.vault(&store, days(3));
    let error = vault.rejected(&seller(), &token(1)).await.expect_err("nothing renews it");
    assert!(
        matches!(&error, VaultError::Ended { cause, .. } if *cause == Cause::Unknown.told()),
        "{error:?}"
    );
    assert_eq!(cause(&shown(&vault).await), Some(Cause::Unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_who_takes_the_authorisation_back_ends_the_link_and_a_login_mends_it() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    let vault = scene.vault(&store, days(3));
    vault.linked(&seller(), false, linked_at()).await.expect("noted");
    assert_eq!(shown(&vault).await.standing, "valid", "it was about an earlier link");
    vault.linked(&seller(), true, days(2)).await.expect("noted");
    assert_eq!(shown(&vault).await.standing, "valid");
    assert_eq!(vault.token(&seller()).await.expect("it holds"), token(1));
    vault.linked(&seller(), false, days(2)).await.expect("noted");
    vault.linked(&seller(), false, days(3)).await.expect("noted");
    let ended = shown(&vault).await;
    assert_eq!((ended.standing, ended.failure.map(|f| f.at)), ("ended", Some(days(2))));
    let error = vault.token(&seller()).await.expect_err("at once");
    assert!(
        matches!(&error, VaultError::Ended { cause, .. } if *cause == Cause::Revoked.told()),
        "{error:?}"
    );
    vault.linked(&"99".into(), false, days(3)).await.expect("nobody we know");
    scene.link(&store).await;
    assert_eq!(scene.vault(&store, days(3)).token(&seller()).await.expect("it is linked again"), token(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_the_old_secret_is_tried_for_twelve_hours() {
    let (mut scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    std::fs::write(scene.path("new"), "app-SECRET-2").expect("a file");
    let file = |name: &str| format!("file:{}", scene.path(name).display());
    let text = format!(
        "[client]\nbase = \"{base}\"\n[auth]\nkeys = \"{keys}\"\n\
         [auth.applications.{APPLICATION}]\nsecret = \"{new}\"\n\
         previous = {{ secret = \"{old}\", rotated_at = \"{rotated_at}\" }}\n",
        base = scene.provider.base(),
        keys = file("keys"),
        new = file("new"),
        old = file("secret"),
        rotated_at = days(160).to_rfc3339(),
    );
    scene.config = Config::read(Some(("test.toml", &text)), []).expect("it fits");
    let within = scene.vault(&store, days(160) + TimeDelta::hours(11));
    assert_eq!(within.token(&seller()).await.expect("the old secret still works"), token(2));
    let secrets = |provider: &Provider| {
        let known = provider.known();
        known.asked.iter().skip(1).map(|asked| asked.client_secret.clone()).collect::<Vec<_>>()
    };
    assert_eq!(secrets(&scene.provider), ["app-SECRET-2", SECRET]);

    let after = scene.vault(&store, days(350));
    let error = after.token(&seller()).await.expect_err("the new secret is not known to the provider yet");
    assert!(
        matches!(&error, VaultError::Refused { cause, .. } if *cause == Cause::CredentialsRotated.told())
    );
    assert_eq!(secrets(&scene.provider).last().map(String::as_str), Some("app-SECRET-2"));
    scene.provider.known().secrets = vec!["app-SECRET-2".to_owned()];
    let mended = scene.vault(&store, days(350) + TimeDelta::seconds(30));
    assert_eq!(mended.token(&seller()).await.expect("the refresh token was not used up"), token(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_the_owner_are_asked_for_again_an_hour_before_their_six_are_over() {
    let (scene, store) = (Scene::new(), memory());
    scene.provider.known().life = 21_600;
    scene.vault(&store, linked_at()).own(&seller(), APPLICATION).await.expect("it is granted");
    let hours = |hours| scene.vault(&store, linked_at() + TimeDelta::hours(hours));
    assert_eq!(hours(4).token(&seller()).await.expect("it holds"), token(1));
    assert_eq!(hours(5).token(&seller()).await.expect("it is renewed"), token(2));
    assert_eq!(hours(100).token(&seller()).await.expect("it is renewed"), token(3));
    let grants: BTreeSet<_> = scene.provider.known().asked.iter().map(|a| a.grant_type.clone()).collect();
    assert_eq!(grants.into_iter().collect::<Vec<_>>(), ["client_credentials"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_to_another_account_is_not_kept() {
    let (scene, store) = (Scene::new(), memory());
    scene.provider.known().seller = "99".to_owned();
    let vault = scene.vault(&store, linked_at());
    let fault = vault.own(&seller(), APPLICATION).await.expect_err("it is another's");
    assert!(matches!(&fault, Fault::OtherSeller { found, .. } if found == "99"), "{fault:?}");
    let token = SecretString::from("APP_USR-77-112110-SECRET-99");
    let fault = vault.import(&seller(), token, None).await.expect_err("it is another's");
    assert!(matches!(&fault, Fault::OtherSeller { found, .. } if found == "99"), "{fault:?}");
    assert_eq!(vault.links().await.expect("the store answers"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_falls_back_to_the_token_before_it_for_twelve_hours() {
    let (scene, store) = (Scene::new(), memory());
    let import = |text: &'static str, now| {
        let vault = scene.vault(&store, now);
        async move { vault.import(&seller(), SecretString::from(text), None).await.expect("it is kept") }
    };
    import("SECRET-old", days(1)).await;
    import("SECRET-new", days(2)).await;
    let vault = scene.vault(&store, days(2) + TimeDelta::hours(11));
    let (old, new) = (AccessToken::new("SECRET-old"), AccessToken::new("SECRET-new"));
    assert_eq!(vault.token(&seller()).await.expect("it holds"), new);
    vault.rejected(&seller(), &new).await.expect("the old one is taken");
    assert_eq!(vault.token(&seller()).await.expect("it holds"), old);
    let error = vault.rejected(&seller(), &old).await.expect_err("there is no third");
    assert!(matches!(error, VaultError::Ended { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_forgotten_is_not_linked_and_can_be_linked_again() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    let vault = scene.vault(&store, days(1));
    assert_eq!(vault.token(&seller()).await.expect("it holds"), token(1));
    assert!(vault.forget(&seller()).await.expect("the store answers"));
    assert!(!vault.forget(&seller()).await.expect("the store answers"), "there is nothing any more");
    assert!(matches!(vault.token(&seller()).await, Err(VaultError::Unlinked { .. })));
    assert_eq!(vault.links().await.expect("the store answers"), []);
    scene.link(&store).await;
    assert_eq!(vault.token(&seller()).await.expect("it is linked again"), token(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_seals_everything_again_and_a_lost_one_is_named() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    let vault = scene.vault(&store, days(1));
    let (old, new) =
        (std::fs::read_to_string(scene.path("keys")).expect("keys"), new_line("2027").expect("a key"));
    let cell =
        || async { store.cell(&format!("vault/{SELLER}")).await.expect("it answers").expect("a cell").value };
    assert_eq!(key_of(&cell().await).as_deref(), Ok("2026"));
    std::fs::write(scene.path("keys"), format!("{}\n{old}", new.expose_secret())).expect("a file");
    assert_eq!(vault.reseal().await.expect("both keys are there"), 1);
    assert_eq!(key_of(&cell().await).as_deref(), Ok("2027"));
    assert_eq!(vault.reseal().await.expect("both keys are there"), 0);
    std::fs::write(scene.path("keys"), new.expose_secret()).expect("a file");
    assert_eq!(scene.vault(&store, days(1)).token(&seller()).await.expect("it opens"), token(1));

    std::fs::write(scene.path("keys"), old).expect("a file");
    let lost = scene.vault(&store, days(1));
    let error = lost.token(&seller()).await.expect_err("its key is gone");
    assert!(matches!(error, VaultError::Broken(_)), "{error:?}");
    let closed = shown(&lost).await;
    assert_eq!(closed.standing, "unreadable");
    assert!(closed.fault.is_some_and(|fault| fault.contains("key `2027`")), "the key is named");
    assert!(lost.forget(&seller()).await.expect("what does not open can be forgotten"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_moved_to_another_seller_does_not_open() {
    let (scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    let cell = store.cell(&format!("vault/{SELLER}")).await.expect("it answers").expect("a cell");
    store.put_cell("vault/99", None, &cell.value, days(1)).await.expect("it answers");
    let error = scene.vault(&store, days(1)).token(&"99".into()).await.expect_err("it is another's");
    assert!(matches!(error, VaultError::Broken(_)), "{error:?}");
    let keys = SecretString::from(std::fs::read_to_string(scene.path("keys")).expect("keys"));
    let opened = Keyring::parse(&keys).expect("keys").open(&"99".into(), &cell.value);
    assert_eq!(opened.map(|_| ()), Err(SealError::Forged { id: "2026".into() }));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_file_of_the_store() {
    let scene = Scene::new();
    let store = scene.sqlite().await;
    scene.link(&store).await;
    scene.vault(&store, days(170)).token(&seller()).await.expect("it is renewed");
    let mut files = 0;
    for entry in std::fs::read_dir(scene.folder.path()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("books.db")) {
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!bytes.windows(6).any(|six| six == b"SECRET"), "{}", path.display());
    }
    assert!(files > 0, "the store has a file");
    let vault = scene.vault(&store, days(170));
    assert!(!format!("{:?}", shown(&vault).await).contains("SECRET"));
    assert_eq!(vault.token(&seller()).await.expect("it is in there all the same"), token(2));
}

/// The lease is longer than what the provider is given for an answer, however the client is configured.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_is_given_a_third_of_the_lease() {
    let (mut scene, store) = (Scene::new(), memory());
    scene.link(&store).await;
    scene.config.auth.lease_seconds = 3;
    scene.provider.known().manner = Manner::Silent;
    let vault = scene.vault(&store, days(160));
    let token_or_time = timeout(Duration::from_secs(3), vault.token(&seller())).await;
    let kept = token_or_time.expect("it gave up before its lease ended").expect("the old one still holds");
    assert_eq!(kept, token(1));
    assert_eq!(cause(&shown(&vault).await), Some(Cause::Unavailable));
}
