//! Deliveries of invented payments: each payment has a story, stories are interleaved, and one delivery in five is sent
//! twice with the same key and body.

use super::draw::Draw;

/// Stories that are told at the same time.
const OPEN: usize = 200;
/// Of all deliveries.
const DUPLICATES_PERCENT: usize = 20;
/// A duplicate comes this many deliveries later at most.
const LATE: usize = 300;

/// Parts that are published one after another, each in one file.
pub struct Load {
    parts: Vec<Part>,
}

/// The lines of a file.
struct Part {
    lines: Vec<String>,
    new_keys: usize,
}

/// What a payment goes through, in order.
#[derive(Clone, Copy)]
enum Step {
    Pending,
    Approved,
    Refunded,
    Cancelled,
}

struct Story {
    payment: usize,
    steps: &'static [Step],
    told: usize,
}

impl Load {
    /// So many deliveries in so many parts.
    pub fn new(seed: u64, deliveries: usize, parts: usize) -> Self {
        let mut draw = Draw::new(seed);
        let lines = lines(&mut draw, deliveries);
        let each = deliveries.div_ceil(parts);
        let part = |lines: &[(String, bool)]| Part {
            lines: lines.iter().map(|(line, _)| line.clone()).collect(),
            new_keys: lines.iter().filter(|(_, is_new)| *is_new).count(),
        };
        Self { parts: lines.chunks(each).map(part).collect() }
    }

    /// How many parts there are.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The text of a part: one delivery a line.
    pub fn text(&self, part: usize) -> String {
        self.parts[part].lines.concat()
    }

    /// The deliveries of a part that no earlier one had.
    pub fn new_keys(&self, part: usize) -> usize {
        self.parts[part].new_keys
    }
}

/// Lines, and whether each is told for the first time.
fn lines(draw: &mut Draw, deliveries: usize) -> Vec<(String, bool)> {
    let mut lines: Vec<(String, bool)> = Vec::with_capacity(deliveries);
    let mut open: Vec<Story> = (0..OPEN).map(|payment| story(draw, payment)).collect();
    let mut payments = OPEN;
    while lines.len() < deliveries {
        if draw.percent(DUPLICATES_PERCENT) && !lines.is_empty() {
            let back = 1 + draw.below(LATE.min(lines.len()));
            let again = lines[lines.len() - back].0.clone();
            lines.push((again, false));
            continue;
        }
        let chosen = draw.below(OPEN);
        let story_of = &mut open[chosen];
        lines.push((line(story_of), true));
        story_of.told += 1;
        if story_of.told == story_of.steps.len() {
            open[chosen] = story(draw, payments);
            payments += 1;
        }
    }
    lines
}

fn story(draw: &mut Draw, payment: usize) -> Story {
    const STORIES: [&[Step]; 4] = [
        &[Step::Pending, Step::Approved],
        &[Step::Pending, Step::Approved, Step::Refunded],
        &[Step::Approved],
        &[Step::Pending, Step::Cancelled],
    ];
    Story { payment, steps: STORIES[draw.below(STORIES.len())], told: 0 }
}

/// The next delivery of a story.
fn line(story: &Story) -> String {
    let (id, told) = (700_000_000 + story.payment, story.told);
    let day = 2 + told;
    let body = body(id, story.payment, story.steps[told], day);
    format!(
        "{{\"kind\":\"resource\",\"topic\":\"payment\",\"channel\":\"poll\",\"seller\":\"7\",\"site\":\"MLA\",\
         \"key\":\"{id}-{told}\",\"received_at\":\"2026-10-{day:02}T12:00:00Z\",\"body\":{body}}}\n"
    )
}

/// A payment of 10.00 to 59.99 with a fee of 1.00; a refund gives 4.00 back, and no fee.
fn body(id: usize, payment: usize, step: Step, day: usize) -> String {
    let (gross, cents) = (10 + payment % 50, payment % 100);
    let net = gross - 1;
    let (status, detail) = match step {
        Step::Pending => ("pending", "pending_waiting_payment"),
        Step::Approved => ("approved", "accredited"),
        Step::Refunded => ("approved", "partially_refunded"),
        Step::Cancelled => ("cancelled", "by_collector"),
    };
    let credited = matches!(step, Step::Approved | Step::Refunded);
    let (approved, refunded, refunds) = match step {
        Step::Refunded => (true, "4.00", refund(id, day)),
        _ => (credited, "0", String::new()),
    };
    let approved = if approved { "\"2026-10-02T11:00:00.000Z\"" } else { "null" };
    format!(
        "{{\"id\":{id},\"collector_id\":7,\"currency_id\":\"ARS\",\"status\":\"{status}\",\
         \"status_detail\":\"{detail}\",\"operation_type\":\"regular_payment\",\"payment_method_id\":\"visa\",\
         \"payment_type_id\":\"credit_card\",\"installments\":1,\"external_reference\":\"order-{id}\",\
         \"date_created\":\"2026-10-01T10:00:00.000Z\",\"date_approved\":{approved},\
         \"date_last_updated\":\"2026-10-{day:02}T11:00:00.000Z\",\"transaction_amount\":{gross}.{cents:02},\
         \"transaction_amount_refunded\":{refunded},\
         \"transaction_details\":{{\"net_received_amount\":{net}.{cents:02}}},\
         \"charges_details\":[{{\"id\":\"{id}-1\",\"name\":\"mercadopago_fee\",\"type\":\"fee\",\
         \"accounts\":{{\"from\":\"collector\",\"to\":\"mp\"}},\"amounts\":{{\"original\":1,\"refunded\":0}}}}],\
         \"refunds\":[{refunds}]}}"
    )
}

fn refund(id: usize, day: usize) -> String {
    format!(
        "{{\"id\":9{id},\"payment_id\":{id},\"amount\":4.00,\"adjustment_amount\":0,\"status\":\"approved\",\
         \"source\":{{\"id\":\"7\",\"name\":\"Tienda\",\"type\":\"collector\"}},\"refund_mode\":\"standard\",\
         \"date_created\":\"2026-10-{day:02}T10:59:00.000Z\",\"metadata\":{{}},\"labels\":[]}}"
    )
}
