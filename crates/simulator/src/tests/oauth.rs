//! Tokens: the three grants, what is used up by use, and what ends.

use serde::Deserialize;

use super::{Scene, Told};

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: u64,
    user_id: u64,
}

async fn token(scene: &Scene, application: usize, rest: &str) -> Told {
    let credentials = &scene.sellers[application];
    let body = format!(
        r#"{{"client_id":"{}","client_secret":"{}",{rest}}}"#,
        credentials.client_id, credentials.client_secret
    );
    scene.post("/oauth/token", &body).await
}

/// The code that a browser brings back, for the second seller and the first one's application.
async fn code(scene: &Scene, more: &str) -> String {
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let (base, application) = (scene.running.base(), &scene.sellers[0].client_id);
    let address = format!(
        "{base}/authorization?client_id={application}&response_type=code&state=s%20t&redirect_uri=http://127.0.0.1:9/back&seller={}{more}",
        scene.sellers[1].seller
    );
    let answer = client.get(address).send().await.expect("an answer");
    let location = answer.headers()["location"].to_str().expect("an address").to_owned();
    let code = location
        .strip_prefix("http://127.0.0.1:9/back?code=")
        .and_then(|rest| rest.strip_suffix("&state=s%20t"));
    code.unwrap_or_else(|| panic!("{location}")).to_owned()
}

/// What a code is exchanged with.
fn exchange(code: &str, back: &str, more: &str) -> String {
    format!(
        r#""grant_type":"authorization_code","code":"{code}","redirect_uri":"http://127.0.0.1:9/{back}"{more}"#
    )
}

async fn reads_as(scene: &Scene, token: &str) -> u16 {
    let request = scene.client.get(format!("{}/users/me", scene.running.base())).bearer_auth(token);
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn a_code_gives_a_token_of_the_seller_once() {
    let scene = Scene::start(1).await;
    let code = code(&scene, "").await;
    let rest = exchange(&code, "back", "");
    let granted: Granted = token(&scene, 0, &rest).await.read(200);
    assert_eq!((granted.user_id, granted.expires_in), (scene.sellers[1].seller, 15_552_000));
    assert_eq!(reads_as(&scene, &granted.access_token).await, 200);
    assert_eq!(token(&scene, 0, &rest).await.refused().1, "invalid_grant");
}

#[tokio::test]
async fn a_code_fits_its_application_its_address_its_verifier_and_ten_minutes() {
    let scene = Scene::start(1).await;
    let challenge = "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let verifier = r#","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk""#;
    for (application, back, more) in [(1, "back", verifier), (0, "other", verifier), (0, "back", "")] {
        let code = code(&scene, challenge).await;
        let refused = token(&scene, application, &exchange(&code, back, more)).await.refused();
        assert_eq!(refused.1, "invalid_grant", "{application} {back} {more}");
    }
    let good = code(&scene, challenge).await;
    token(&scene, 0, &exchange(&good, "back", verifier)).await.is(200);
    let late = code(&scene, challenge).await;
    scene.advance(600).await;
    assert_eq!(token(&scene, 0, &exchange(&late, "back", verifier)).await.refused().1, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_brings_the_next() {
    let scene = Scene::start(1).await;
    let code = code(&scene, "").await;
    let rest = exchange(&code, "back", "");
    let first: Granted = token(&scene, 0, &rest).await.read(200);
    let refresh = |granted: &Granted| {
        let token = granted.refresh_token.as_deref().expect("a refresh token");
        format!(r#""grant_type":"refresh_token","refresh_token":"{token}""#)
    };
    let second: Granted = token(&scene, 0, &refresh(&first)).await.read(200);
    assert_eq!(second.user_id, first.user_id);
    assert_eq!(token(&scene, 0, &refresh(&first)).await.refused().1, "invalid_grant");
    let third: Granted = token(&scene, 0, &refresh(&second)).await.read(200);
    scene.post("/admin/revoke", &format!(r#"{{"seller":{}}}"#, third.user_id)).await.is(200);
    assert_eq!(reads_as(&scene, &third.access_token).await, 401);
    assert_eq!(token(&scene, 0, &refresh(&third)).await.refused().1, "invalid_grant");
}

#[tokio::test]
async fn an_applications_own_token_lives_six_hours_and_is_not_refreshed() {
    let scene = Scene::start(1).await;
    let granted: Granted = token(&scene, 0, r#""grant_type":"client_credentials""#).await.read(200);
    assert_eq!((granted.user_id, granted.expires_in), (scene.sellers[0].seller, 21_600));
    assert!(granted.refresh_token.is_none());
    scene.advance(21_599).await;
    assert_eq!(reads_as(&scene, &granted.access_token).await, 200);
    scene.advance(1).await;
    assert_eq!(reads_as(&scene, &granted.access_token).await, 401);
    assert_eq!(token(&scene, 0, r#""grant_type":"password""#).await.refused().1, "unsupported_grant_type");
    let body = r#"{"client_id":"1","client_secret":"2","grant_type":"client_credentials"}"#;
    assert_eq!(scene.post("/oauth/token", body).await.refused().1, "invalid_client");
}
