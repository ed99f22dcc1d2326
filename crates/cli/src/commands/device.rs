//! `conciliar device`: the terminals of an account.

use std::io::Write;

use client::calls::device::{Devices, ForgetPhone, Page, Phones, SetMode, SetTerminalMode, Terminals};
use mercadopago::request::device::OperatingMode;

use crate::answer::{Shown, as_it_came, check_format, print};
use crate::app::App;
use crate::args::Format;
use crate::args::device::{Device, DeviceGeneration, ModeName};
use crate::args::provider::Account;
use crate::exit::{Exit, Usage};
use crate::provider::Provider;

const PHONES: Shown = Shown::List("devices", &["name", "id", "status.status", "status.payment_attempt"]);
const DEVICES: Shown = Shown::List("devices", &FIELDS);
const TERMINALS: Shown = Shown::List("data.terminals", &FIELDS);
const FIELDS: [&str; 5] = ["id", "operating_mode", "store_id", "pos_id", "external_pos_id"];

pub async fn run(app: &App, verb: &Device) -> anyhow::Result<Exit> {
    match verb {
        Device::List { account, generation, store, pos, limit, offset } => {
            let page = Page {
                store_id: store.clone(),
                pos_id: pos.clone(),
                limit: Some(*limit),
                offset: Some(*offset),
            };
            list(app, account, *generation, page).await
        }
        Device::Mode { account, generation, id, mode } => {
            let mode = match mode {
                ModeName::Pdv => OperatingMode::Pdv,
                ModeName::Standalone => OperatingMode::Standalone,
            };
            set_mode(app, account, *generation, id, mode).await
        }
        Device::Delete { account, name } => delete(app, account, name).await,
    }
}

async fn list(app: &App, account: &Account, of: DeviceGeneration, page: Page) -> anyhow::Result<Exit> {
    let verb = "device list";
    check_format(app, verb)?;
    if of == DeviceGeneration::PointOrder && (page.store_id.is_some() || page.pos_id.is_some()) {
        return Err(
            Usage("phones stand at no shop: --store and --pos go with other generations".to_owned()).into()
        );
    }
    let provider = Provider::of(app, account).await?;
    let (body, shown) = match of {
        DeviceGeneration::PointOrder => (provider.ask(&Phones).await?.body, PHONES),
        DeviceGeneration::PaymentIntent => (provider.ask(&Devices { page }).await?.body, DEVICES),
        DeviceGeneration::Order => (provider.ask(&Terminals { page }).await?.body, TERMINALS),
    };
    print(app, verb, &body, &shown)?;
    Ok(Exit::Done)
}

async fn set_mode(
    app: &App,
    account: &Account,
    of: DeviceGeneration,
    id: &str,
    mode: OperatingMode,
) -> anyhow::Result<Exit> {
    check_format(app, "device mode")?;
    let provider = Provider::of(app, account).await?;
    let id = id.to_owned();
    let (body, shown) = match of {
        DeviceGeneration::PointOrder => {
            return Err(Usage(
                "phones have no mode; `conciliar integrator enable` is for accounts".to_owned(),
            )
            .into());
        }
        DeviceGeneration::PaymentIntent => {
            let body = provider.ask(&SetMode { device: id, mode }).await?.body;
            (body, Shown::One(&["operating_mode"]))
        }
        DeviceGeneration::Order => {
            let body = provider.ask(&SetTerminalMode { terminal: id, mode }).await?.body;
            (body, Shown::List("terminals", &["id", "operating_mode"]))
        }
    };
    print(app, "device mode", &body, &shown)?;
    app.remark("restart the terminal: the mode takes effect then");
    Ok(Exit::Done)
}

async fn delete(app: &App, account: &Account, name: &str) -> anyhow::Result<Exit> {
    check_format(app, "device delete")?;
    let provider = Provider::of(app, account).await?;
    let body = provider.ask(&ForgetPhone { name: name.to_owned() }).await?.body;
    match app.format {
        Format::Json => as_it_came(&body)?,
        _ => writeln!(std::io::stdout(), "{name} is forgotten")?,
    }
    Ok(Exit::Done)
}
