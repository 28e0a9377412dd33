//! What administrators decide about the installation while it runs.

use axum::Json;
use barker_app::installation::{self, InForce};
use barker_domain::{
    installation::{Change, Registration, Settings as InstallationSettings},
    project::Ranking,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{
    fields::{Fields, read_object},
    input::JsonBody,
    permission::Administrator,
    problem::{ChangeRefusals, Problem, Refusals},
};

/// Why the overshoot is not among what is decided here.
const OVERSHOOT_STAYS: &str = "is changed in the configuration (delivery.overshoot_percent), with a restart";

/// The settings of the installation: what holds, and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstallationSettings, example = json!({
    "registration": "open", "default_ranking": "expected_profit", "default_currency": "RUB", "overshoot_percent": 0,
    "decided": ["registration"],
    "configured": {"registration": "invite", "default_ranking": "expected_profit", "default_currency": "RUB"}
}))]
pub(in crate::api) struct Settings {
    /// What holds.
    #[serde(flatten)]
    in_force: Choices,
    /// By how many percent campaigns may pass their limits. It is changed in the configuration alone.
    overshoot_percent: u8,
    /// What of it is decided here; the rest is as it is configured.
    decided: Vec<&'static str>,
    /// What holds where nothing is decided here.
    configured: Choices,
}

/// What can be decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstallationChoices, example = json!({"registration": "invite", "default_ranking": "expected_profit", "default_currency": "RUB"}))]
pub(in crate::api) struct Choices {
    /// Who may register: `open` (anybody), `invite` (the first user, then whoever is invited) or `closed` (nobody).
    registration: &'static str,
    /// How a new project ranks ads, unless its maker says otherwise: `expected_profit` or `blend`.
    default_ranking: &'static str,
    /// The currency of a new project, unless its maker says otherwise: ISO 4217.
    default_currency: String,
}

/// What to decide; what is absent stays, and what is `null` is as it is configured from now on.
#[derive(Debug, ToSchema)]
#[schema(as = InstallationSettingsPatch, example = json!({"registration": "closed", "default_currency": null}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(in crate::api) struct SettingsPatch {
    /// Who may register: `open`, `invite` or `closed`.
    #[schema(pattern = "^(open|invite|closed)$")]
    registration: Option<String>,
    /// How a new project ranks ads: `expected_profit` or `blend`.
    #[schema(pattern = "^(expected_profit|blend)$")]
    default_ranking: Option<String>,
    /// The currency of a new project: ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$")]
    default_currency: Option<String>,
}

impl From<InstallationSettings> for Choices {
    fn from(settings: InstallationSettings) -> Self {
        Self {
            registration: settings.registration.as_str(),
            default_ranking: settings.default_ranking.as_str(),
            default_currency: settings.default_currency,
        }
    }
}

impl Settings {
    fn new(in_force: InForce, overshoot_percent: u8) -> Json<Self> {
        Json(Self {
            decided: in_force.decided.names(),
            in_force: in_force.settings.into(),
            overshoot_percent,
            configured: in_force.configured.into(),
        })
    }
}

/// The settings of the installation
#[utoipa::path(get, path = "/api/v1/installation/settings", operation_id = "getInstallationSettings", tag = "Administration",
    security(("session" = [])), responses((status = 200, body = Settings, description = "What holds, and where it comes from."), Refusals))]
pub(in crate::api) async fn get(Administrator(person): Administrator) -> Json<Settings> {
    Settings::new(person.app.installation(), person.app.settings().overshoot_percent)
}

/// Change the settings of the installation
///
/// They hold when this answers, and after a restart, over what is configured. `null` takes a decision back.
#[utoipa::path(patch, path = "/api/v1/installation/settings", operation_id = "changeInstallationSettings", tag = "Administration",
    security(("session" = [])), request_body = SettingsPatch,
    responses((status = 200, body = Settings, description = "What holds now."), ChangeRefusals))]
pub(in crate::api) async fn change(Administrator(person): Administrator, JsonBody(body): JsonBody) -> Result<Json<Settings>, Problem> {
    let change = read_object(&body, |fields| {
        fields.refuse_present("overshoot_percent", "frozen", OVERSHOOT_STAYS);
        let registrations = Registration::ALL.map(|it| (it.as_str(), it));
        let rankings = Ranking::ALL.map(|it| (it.as_str(), it));
        Some(Change {
            registration: fields.nullable("registration", |fields, name| fields.choice(name, &registrations)),
            default_ranking: fields.nullable("default_ranking", |fields, name| fields.choice(name, &rankings)),
            default_currency: fields.nullable("default_currency", Fields::text),
        })
    })?;
    let in_force = installation::change(&person.app, change, person.origin).await?;
    Ok(Settings::new(in_force, person.app.settings().overshoot_percent))
}
