//! `/v1/account/{settlement,release}_report`: configured, asked for, listed, found, downloaded, scheduled.
//!
//! Statuses and codes: the references of both reports. A file is there once its name is.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use chrono::TimeDelta;
use mercadopago::request::report::{ReportConfig, ReportRequest};
use serde::Serialize;

use crate::api::caller::Caller;
use crate::api::search::{Paging, page};
use crate::api::{json, read_json};
use crate::refusal::Refusal;
use crate::report::{Body, Config, Kind, Task};
use crate::time::{Api, Instant, parse};
use crate::world::{Shared, World};

/// Longest period of a report.
const DAYS: i64 = 60;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/account/{report}", post(ask))
        .route("/v1/account/{report}/config", get(config).post(configure).put(reconfigure))
        .route("/v1/account/{report}/task/{id}", get(task))
        .route("/v1/account/{report}/list", get(list))
        .route("/v1/account/{report}/search", get(search))
        .route("/v1/account/{report}/schedule", post(schedule).delete(unschedule))
        .route("/v1/account/{report}/{name}", get(download))
}

/// Whose report an address names, and which.
#[derive(Clone, Copy)]
struct Of {
    seller: u64,
    kind: Kind,
}

#[derive(Serialize)]
struct Configured<'a> {
    #[serde(flatten)]
    wanted: &'a ReportConfig,
    scheduled: bool,
}

#[derive(Serialize)]
struct Found {
    paging: Paging,
    results: Vec<Body>,
}

#[derive(Serialize)]
struct Unscheduled {
    status: &'static str,
    date: Api,
}

async fn ask(State(shared): State<Shared>, of: Of, body: Bytes) -> Result<Response, Refusal> {
    let request: ReportRequest = read_json(&body)?;
    let mut world = shared.lock();
    let now = world.now();
    let time = |text: &str, code: &'static str| parse(text, now).ok_or_else(|| refused(code));
    let begin = time(&request.begin_date, "invalid_begin_date")?;
    let end = time(&request.end_date, "invalid_end_date")?;
    if end < begin {
        return Err(refused("end_date_before_begin_date"));
    }
    // One second less than a day is the usual way to write one.
    let length = end - begin + TimeDelta::seconds(1);
    if length < TimeDelta::days(1) || length > TimeDelta::days(DAYS) + TimeDelta::seconds(1) || end > now {
        return Err(refused("invalid_end_date"));
    }
    let id = world.ask_report(of.seller, of.kind, begin, end);
    Ok(json(StatusCode::ACCEPTED, &of.task(&world, id)?.body(&world)))
}

async fn task(
    State(shared): State<Shared>,
    of: Of,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let id = id.parse().map_err(|_| refused("invalid_parameter"))?;
    let world = shared.lock();
    Ok(json(StatusCode::OK, &of.task(&world, id)?.body(&world)))
}

async fn list(State(shared): State<Shared>, of: Of) -> Result<Response, Refusal> {
    let world = shared.lock();
    let made = of.tasks(&world).filter(|task| task.made.is_some());
    let bodies: Vec<Body> = made.map(|task| task.body(&world)).collect();
    Ok(json(StatusCode::OK, &bodies))
}

async fn search(
    State(shared): State<Shared>,
    of: Of,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, Refusal> {
    let (limit, offset) = page(&asked, 50, 500).map_err(|_| refused("invalid_limit"))?;
    let world = shared.lock();
    let now = world.now();
    let time = |name: &str, code: &'static str| {
        let time = asked.get(name).map(|text| parse(text, now).ok_or_else(|| refused(code)));
        time.transpose()
    };
    let begin: Option<Instant> = time("range_begin_date", "invalid_range_begin_date")?;
    let end: Option<Instant> = time("range_end_date", "invalid_range_end_date")?;
    let fits = |task: &&Task| {
        let name = task.made.as_ref().map(|made| &made.name);
        asked.get("file_name").is_none_or(|wanted| name == Some(wanted))
            && asked.get("id").is_none_or(|id| task.id.to_string() == *id)
            && asked.get("created_from").is_none_or(|from| (from == "schedule") == task.scheduled)
            && begin.is_none_or(|begin| task.created >= begin)
            && end.is_none_or(|end| task.created <= end)
    };
    let mut found: Vec<&Task> = of.tasks(&world).filter(fits).collect();
    found.reverse();
    let total = found.len();
    let results = found.into_iter().skip(offset).take(limit).map(|task| task.body(&world)).collect();
    Ok(json(StatusCode::OK, &Found { paging: Paging { total, limit, offset }, results }))
}

async fn download(
    State(shared): State<Shared>,
    of: Of,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let mut made = of.tasks(&world).filter_map(|task| task.made.as_ref());
    let made = made.find(|made| made.name == name);
    let made = made.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "not_found", "file not found"))?;
    Ok(([(header::CONTENT_TYPE, "text/csv")], made.file.clone()).into_response())
}

async fn config(State(shared): State<Shared>, of: Of) -> Result<Response, Refusal> {
    let world = shared.lock();
    of.configured(&world, StatusCode::OK)
}

async fn configure(State(shared): State<Shared>, of: Of, body: Bytes) -> Result<Response, Refusal> {
    let wanted = wanted(&body)?;
    let mut world = shared.lock();
    if world.reports.configs.contains_key(&(of.seller, of.kind)) {
        let text = "config already exists for user";
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", text).of_code("config_already_exists"));
    }
    world.reports.configs.insert((of.seller, of.kind), Config { wanted, scheduled: false });
    of.configured(&world, StatusCode::CREATED)
}

async fn reconfigure(State(shared): State<Shared>, of: Of, body: Bytes) -> Result<Response, Refusal> {
    let wanted = wanted(&body)?;
    let mut world = shared.lock();
    let config = of.config(&mut world)?;
    if config.scheduled && config.wanted.frequency != wanted.frequency {
        return Err(refused("frequency cannot change while it is scheduled"));
    }
    config.wanted = wanted;
    of.configured(&world, StatusCode::OK)
}

async fn schedule(State(shared): State<Shared>, of: Of) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let config = of.config(&mut world)?;
    let was = std::mem::replace(&mut config.scheduled, true);
    let waiting = of.tasks(&world).find(|task| task.scheduled && task.made.is_none());
    let next = match waiting.map(|task| task.id).filter(|_| was) {
        Some(id) => Some(id),
        None => world.schedule(of.seller, of.kind),
    };
    let next = next.ok_or_else(|| no_config(of.kind))?;
    Ok(json(StatusCode::OK, &of.task(&world, next)?.body(&world)))
}

async fn unschedule(State(shared): State<Shared>, of: Of) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let config = of.config(&mut world)?;
    config.scheduled = false;
    world.reports.tasks.retain(|task| {
        task.seller != of.seller || task.kind != of.kind || !task.scheduled || task.made.is_some()
    });
    Ok(json(StatusCode::OK, &Unscheduled { status: "deleted", date: Api(world.now()) }))
}

impl FromRequestParts<Shared> for Of {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Refusal> {
        let Caller { seller } = Caller::from_request_parts(parts, shared).await?;
        let named = Path::<BTreeMap<String, String>>::from_request_parts(parts, shared).await;
        let kind = kind(named.ok().and_then(|Path(named)| named.get("report").cloned()).as_deref())?;
        Ok(Self { seller, kind })
    }
}

impl Of {
    fn tasks(self, world: &World) -> impl Iterator<Item = &Task> {
        world.reports.tasks.iter().filter(move |task| task.seller == self.seller && task.kind == self.kind)
    }

    fn task(self, world: &World, id: u64) -> Result<&Task, Refusal> {
        self.tasks(world).find(|task| task.id == id).ok_or_else(|| {
            Refusal::new(StatusCode::NOT_FOUND, "task_not_found_for_user", "task not found for user")
                .of_code("task_not_found_for_user")
        })
    }

    fn config(self, world: &mut World) -> Result<&mut Config, Refusal> {
        world.reports.configs.get_mut(&(self.seller, self.kind)).ok_or_else(|| no_config(self.kind))
    }

    fn configured(self, world: &World, status: StatusCode) -> Result<Response, Refusal> {
        let config = world.reports.configs.get(&(self.seller, self.kind));
        let config = config.ok_or_else(|| no_config(self.kind))?;
        Ok(json(status, &Configured { wanted: &config.wanted, scheduled: config.scheduled }))
    }
}

fn kind(report: Option<&str>) -> Result<Kind, Refusal> {
    match report {
        Some("settlement_report") => Ok(Kind::Settlement),
        Some("release_report") => Ok(Kind::Release),
        _ => Err(Refusal::new(StatusCode::NOT_FOUND, "not_found", "resource not found")),
    }
}

fn wanted(body: &[u8]) -> Result<ReportConfig, Refusal> {
    let wanted: ReportConfig = read_json(body)?;
    if wanted.columns.is_empty() {
        return Err(refused("Invalid columns"));
    }
    if wanted.file_name_prefix.is_empty() || wanted.file_name_prefix.contains('/') {
        return Err(refused("Invalid file_name_prefix"));
    }
    Ok(wanted)
}

/// The two reports answer differently when there is no configuration, as measured.
fn no_config(kind: Kind) -> Refusal {
    let status = match kind {
        Kind::Settlement => StatusCode::BAD_REQUEST,
        Kind::Release => StatusCode::NOT_FOUND,
    };
    Refusal::new(status, "config_not_found_for_user", "config not found for user")
        .of_code("config_not_found_for_user")
}

fn refused(code: &'static str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", code).of_code(code)
}
