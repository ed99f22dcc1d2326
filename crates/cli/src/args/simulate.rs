//! Options of `conciliar simulate`.

use simulator::Site;

#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// Where it is served, on loopback only; port 0 takes a free one and tells it.
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "HOST:PORT")]
    pub listen: String,
    /// What everything is drawn from: the same seed and the same calls give the same answers.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// A seller and its country, such as `1122334455` or `1122334455:MLB`; may stand several times.
    #[arg(long, value_name = "ID[:SITE]")]
    pub seller: Vec<Seller>,
    /// Where webhooks go; `{seller}` in it becomes the seller's id.
    #[arg(long, value_name = "URL", requires = "secret_env")]
    pub webhook: Option<String>,
    /// Environment variable with the secret that webhooks are signed with.
    #[arg(long, value_name = "NAME")]
    pub secret_env: Option<String>,
    /// Environment variable with the password that the messages of ready report files are proven with; without it none
    /// are sent.
    #[arg(long, value_name = "NAME", requires = "webhook")]
    pub report_password_env: Option<String>,
    /// Of a hundred webhooks, how many are never sent.
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    pub lost: u8,
    /// Of a hundred webhooks, how many are sent twice.
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    pub duplicated: u8,
    /// Of a hundred webhooks, how many are overtaken by later ones.
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    pub reordered: u8,
}

/// A seller and its country.
#[derive(Clone, Copy, Debug)]
pub struct Seller {
    pub id: u64,
    pub site: Site,
}

impl std::str::FromStr for Seller {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, site) = text.split_once(':').unwrap_or((text, "MLA"));
        let id = id.parse().map_err(|_| format!("`{id}` is no id of a seller"))?;
        let site = site.parse().map_err(|error: simulator::UnknownSite| error.to_string())?;
        Ok(Self { id, site })
    }
}
