//! The settings of a session that goes on, read again.

use std::path::PathBuf;

use wb_core::Interval;
use wb_live::operations::ReloadRefusal;
use wb_live::runner::Caution;
use wb_store::{BundleId, Deployment};

use super::venue::VenueSettings;
use crate::error::UserError;

/// What a session began with, and where its settings stand.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Began {
    /// The folder of deployments.
    pub(crate) deployments: PathBuf,
    /// The deployment.
    pub(crate) name: String,
    /// What it trades.
    pub(crate) bundle: BundleId,
    /// How long its bars are.
    pub(crate) interval: Interval,
    /// The bundled exchange that was given instead of a venue.
    pub(crate) exchange: Option<String>,
    /// Its settings.
    pub(crate) venue: VenueSettings,
}

impl Began {
    /// Reads the file of the deployment again: how careful it now says to be.
    ///
    /// # Errors
    /// If the file is wrong, or has changed where only the beginning of a session takes it over.
    pub(crate) fn read_again(&self) -> Result<Caution, ReloadRefusal> {
        self.read().map_err(|error| match error.downcast::<UserError>() {
            Ok(UserError { message, hint, .. }) => ReloadRefusal { error: message, hint },
            Err(error) => ReloadRefusal { error: format!("{error:#}"), hint: None },
        })
    }

    fn read(&self) -> anyhow::Result<Caution> {
        let fixed = |key: &str| {
            let name = &self.name;
            let hint = format!(
                "`workbench live kill {name}` ends the session, `workbench live {name}` begins one with it"
            );
            UserError::usage(format!("{key} cannot change while a session goes on")).hint(hint)
        };
        let deployment = Deployment::read(&self.deployments, &self.name)?;
        if deployment.bundle != self.bundle {
            return Err(fixed("bundle").into());
        }
        let lockstep = self.venue.lockstep;
        let venue = VenueSettings::read(&deployment.path, self.exchange.as_deref(), lockstep)?;
        match venue.fixed_change(&self.venue) {
            Some(key) => Err(fixed(key).into()),
            None => Ok(venue.config(self.interval).caution),
        }
    }
}
