use super::{Story, plan};
use crate::site::Site;

#[test]
fn a_month_shows_every_story() {
    let plans: Vec<_> = (0..1_000).map(|number| plan(1, Site::Mla, number, number < 400)).collect();
    let count = |wanted: fn(&Story) -> bool| plans.iter().filter(|plan| wanted(&plan.story)).count();
    let told = [
        count(|story| matches!(story, Story::Plain)),
        count(|story| matches!(story, Story::Reviewed { approved: true, .. })),
        count(|story| matches!(story, Story::Reviewed { approved: false, .. })),
        count(|story| matches!(story, Story::Voucher { paid_after_ms: Some(_) })),
        count(|story| matches!(story, Story::Voucher { paid_after_ms: None })),
        count(|story| matches!(story, Story::Rejected(_))),
        count(|story| matches!(story, Story::Refunded { .. })),
        count(|story| matches!(story, Story::Disputed { chargeback: true, won: true, .. })),
        count(|story| matches!(story, Story::Disputed { chargeback: true, won: false, .. })),
        count(|story| matches!(story, Story::Disputed { chargeback: false, .. })),
    ];
    assert_eq!(told.iter().sum::<usize>(), 1_000);
    assert!(told.iter().all(|count| *count > 0), "{told:?}");
    assert_eq!(told[7..], [2, 2, 2]);
}

#[test]
fn the_same_number_is_the_same_sale() {
    let (one, two) = (plan(1, Site::Mlb, 5, true), plan(1, Site::Mlb, 5, true));
    assert_eq!((one.amount_minor, one.story), (two.amount_minor, two.story));
    assert_ne!(one.amount_minor, plan(2, Site::Mlb, 5, true).amount_minor);
}
