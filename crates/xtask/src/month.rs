//! `cargo xtask month`: one month of an invented store, as the provider would tell it and report it.
//!
//! It has a model and an arithmetic of its own and shares no code with the product: only so is it evidence when the
//! product's books agree with its reports. The same seed gives the same bytes; memory does not grow with the rows
//! written.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

mod body;
mod deliveries;
mod draw;
mod fate;
mod money;
mod planted;
mod readme;
mod release;
mod road;
mod sale;
mod settlement;
mod subscriber;
mod time;
mod told;

use deliveries::Deliveries;
use planted::Planted;
use release::Release;
use road::Road;
use sale::World;
use settlement::Settlement;

/// Below this a month cannot hold all of its stories.
const FEWEST_PAYMENTS: u64 = 200;
/// Above this the ids of payments leave their range of twelve digits.
const MOST_PAYMENTS: u64 = 100_000_000;

/// A month to make.
#[derive(clap::Args, Debug)]
pub struct Month {
    /// Folder to write; its `deliveries` folder is emptied first.
    #[arg(long)]
    pub out: PathBuf,
    /// Payments of the store, beside the charges of its subscriptions.
    #[arg(long, default_value_t = 300)]
    pub payments: u64,
    /// Everything is drawn from this.
    #[arg(long)]
    pub seed: u64,
    /// Plant no breaks.
    #[arg(long)]
    pub plain: bool,
}

/// Writes a month.
///
/// # Errors
/// When the folder cannot be written, or the size is out of range.
pub fn make(month: &Month) -> Result<()> {
    ensure!(
        (FEWEST_PAYMENTS..=MOST_PAYMENTS).contains(&month.payments),
        "a month has from {FEWEST_PAYMENTS} to {MOST_PAYMENTS} payments, not {}",
        month.payments
    );
    let world = World { seed: month.seed, payments: month.payments };
    let planted = match month.plain {
        true => None,
        false => Some(Planted::pick(&world).context("the last week has too few card sales to plant breaks")?),
    };
    let folder = deliveries::prepare(&month.out)?;
    let deliveries = Deliveries::new(folder, month.seed);
    let settlement = Settlement::create(&month.out)?;
    let release = Release::create(&month.out)?;
    let mut road = Road::new(world, planted, deliveries, settlement, release);
    road.run()?;
    road.deliveries.finish()?;
    road.settlement.finish()?;
    let closing_minor = road.release.finish()?;
    let breaks = planted.map(|planted| planted.rows(&world)).unwrap_or_default();
    readme::write(month, &road, closing_minor, &breaks)
}

#[cfg(test)]
mod tests;
