//! Counters and histograms of the process, and their text form.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of durations, seconds: from a commit on a local disk to one that waited for a fail-over.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// Upper bounds of counts of deliveries.
const DELIVERIES: [f64; 9] = [1.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_000.0, 5_000.0];

/// Why metrics cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The process keeps metrics already, or the buckets are wrong.
    #[error("metrics cannot be kept")]
    Recorder(#[from] BuildError),
}

/// What the process has measured so far.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Keeps what the process measures from now on. Names that end in `_seconds` are durations, in `_deliveries` counts
    /// of them.
    ///
    /// # Errors
    /// [`MetricsError::Recorder`] when something else keeps them already.
    pub fn install() -> Result<Self, MetricsError> {
        Ok(Self(builder()?.install_recorder()?))
    }

    /// The text form that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.render()
    }

    /// Folds what was measured into its buckets: between two scrapes every single measurement is held in memory.
    pub(crate) fn fold(&self) {
        self.0.run_upkeep();
    }

    #[cfg(test)]
    pub(crate) fn detached() -> (metrics_exporter_prometheus::PrometheusRecorder, Self) {
        let recorder = builder().expect("the bounds are constants").build_recorder();
        let metrics = Self(recorder.handle());
        (recorder, metrics)
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_deliveries".to_owned()), &DELIVERIES)
}
