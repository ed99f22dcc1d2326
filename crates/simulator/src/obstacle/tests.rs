use super::{Meets, Obstacle, Obstacles, Wrong};

fn obstacle(call: &str, meets: Meets, times: u32) -> Obstacle {
    Obstacle { call: call.to_owned(), meets, times }
}

#[test]
fn an_obstacle_is_met_by_the_calls_that_fit_and_then_is_gone() {
    let mut obstacles = Obstacles::default();
    obstacles.put(obstacle("POST /v1/payments/{id}/refunds", Meets::LostAfter, 2));
    obstacles.put(obstacle("POST /v1/payments/{id}/refunds", Meets::LostBefore, 1));
    for (method, path) in [
        ("GET", "/v1/payments/1/refunds"),
        ("POST", "/v1/payments"),
        ("POST", "/v1/payments//refunds"),
        ("POST", "/v1/payments/1/refunds/2"),
        ("POST", "/v1/chargebacks/1/refunds"),
    ] {
        assert_eq!(obstacles.meet(method, path), None, "{method} {path}");
    }
    let met: Vec<_> = (0..4).map(|_| obstacles.meet("POST", "/v1/payments/1/refunds")).collect();
    let (after, before) = (Some(Meets::LostAfter), Some(Meets::LostBefore));
    assert_eq!(met, [after, after, before, None]);
}

#[test]
fn an_obstacle_that_no_call_could_meet_is_refused() {
    let refusal = |code, status| Meets::Refusal { code, status };
    for (call, meets, times, wrong) in [
        ("POST", Meets::LostAfter, 1, Wrong::Call),
        (" /v1/payments", Meets::LostAfter, 1, Wrong::Call),
        ("POST v1/payments", Meets::LostAfter, 1, Wrong::Call),
        ("POST /v1/payments", Meets::LostAfter, 0, Wrong::Times),
        ("POST /v1/payments", refusal(None, Some(200)), 1, Wrong::Status),
        ("POST /v1/payments", refusal(None, None), 1, Wrong::Refusal),
    ] {
        assert_eq!(obstacle(call, meets, times).check(), Err(wrong), "{call} {meets:?} {times}");
    }
    let fine = obstacle("POST /v1/payments", refusal(Some(2031), None), 3);
    assert_eq!(fine.clone().check(), Ok(fine));
}
