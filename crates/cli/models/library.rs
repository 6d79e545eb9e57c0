//! The models of a project, and what runs them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use wb_core::Predictor;
use wb_infer::{InferError, LibraryPlaces, Meaning, Softmaxed};
use wb_kernel::{FeatureText, Model};
use wb_store::ModelStore;

use super::adding::are_drawn;
use super::runtimes::{RuntimeKind, Runtimes};
use super::sound::SoundModel;
use crate::error::UserError;
use crate::settings::{Project, Settings};

/// The models of a project.
pub(crate) struct ModelLibrary {
    /// Where they are kept.
    pub(crate) store: ModelStore,
    /// What runs them.
    pub(crate) runtimes: Runtimes,
    /// The runtime that the settings force on all; absent where each has what its card names.
    forced: Option<RuntimeKind>,
}

/// A model held against its golden rows.
pub(crate) struct Checked {
    /// `alpha@1`
    pub(crate) reference: String,
    /// In the runtime that its card names.
    pub(crate) serving: GoldenResult,
    /// In the other one.
    pub(crate) other: GoldenResult,
}

/// How a runtime did with a model's golden rows.
pub(crate) struct GoldenResult {
    /// The runtime, with its version where it could be loaded.
    pub(crate) runtime: String,
    /// By how much outputs differ at most, or why they could not be compared.
    pub(crate) difference: Result<f32, InferError>,
}

impl ModelLibrary {
    /// The models of a project with these settings.
    pub(crate) fn of(project: &Project, settings: &Settings) -> ModelLibrary {
        let library = settings.text("inference.library").map(|path| project.root.join(path));
        ModelLibrary {
            store: ModelStore::open(project.folder(settings, "paths.models")),
            runtimes: Runtimes::new(LibraryPlaces::of_process(library)),
            forced: None,
        }
        .served_as(settings)
    }

    /// The same models, run by what these settings say.
    pub(crate) fn served_as(self, settings: &Settings) -> ModelLibrary {
        let runtime = settings.text("inference.runtime").expect("the table has a default");
        ModelLibrary { forced: RuntimeKind::named(runtime), ..self }
    }

    /// The models in another folder, run alike.
    pub(crate) fn kept_in(self, folder: &Path) -> ModelLibrary {
        ModelLibrary { store: ModelStore::open(folder), ..self }
    }

    /// The models that a run is given, each `name` or `name@version`.
    ///
    /// # Errors
    /// If one is not there, is not what it was, cannot be run, or gives something else than it did.
    pub(crate) fn load(&self, wanted: &[String]) -> anyhow::Result<Vec<Model>> {
        let mut models: Vec<Model> = Vec::new();
        for name in wanted {
            let model = self.load_one(name).with_context(|| format!("model {name}"))?;
            if models.iter().any(|other| other.name == model.name) {
                let error = UserError::usage(format!("the spec gives the model `{}` twice", model.name));
                return Err(error.hint("a run has one version of a model").into());
            }
            models.push(model);
        }
        Ok(models)
    }

    fn load_one(&self, wanted: &str) -> anyhow::Result<Model> {
        let sound = SoundModel::of(self.store.find(wanted)?)?;
        let (running, _) = sound.load(&self.runtimes, self.forced.unwrap_or(sound.kind))?;
        let predictor: Arc<dyn Predictor> = match sound.meaning {
            Meaning::Logits => Arc::new(Softmaxed(running.predictor)),
            Meaning::Probabilities | Meaning::Values => Arc::from(running.predictor),
        };
        let card = &sound.stored.card;
        Ok(Model {
            name: card.name.clone(),
            version: card.version.clone(),
            content: card.hash().to_string(),
            runtime: running.runtime,
            outputs: sound.outputs(),
            inputs: sound.inputs,
            interval: sound.interval,
            predictor,
        })
    }

    /// Every input and output of a model over its golden rows, by its text form; nothing where the rows were drawn at
    /// random. Outputs that a run is given otherwise than the file has them are left out.
    ///
    /// # Errors
    /// If it is not there, or is not what it was.
    pub(crate) fn golden_columns(&self, wanted: &str) -> anyhow::Result<Vec<(String, Vec<f64>)>> {
        let sound = SoundModel::of(self.store.find(wanted)?)?;
        let golden = &sound.stored.golden;
        if are_drawn(golden) {
            return Ok(Vec::new());
        }
        let column = |rows: &[Vec<f32>], at: usize| rows.iter().map(|row| f64::from(row[at])).collect();
        let input = |(at, text): (usize, &FeatureText)| (text.to_string(), column(&golden.inputs, at));
        let mut columns: Vec<(String, Vec<f64>)> = sound.inputs.iter().enumerate().map(input).collect();
        if sound.meaning != Meaning::Logits {
            let (outputs, model) = (sound.outputs(), &sound.stored.card.name);
            let output =
                |(at, name): (usize, &String)| (format!("{model}.{name}"), column(&golden.outputs, at));
            columns.extend(outputs.names().iter().enumerate().map(output));
        }
        Ok(columns)
    }

    /// Holds a model against its golden rows in both runtimes.
    ///
    /// # Errors
    /// If it is not there, or is not what it was.
    pub(crate) fn check(&self, wanted: &str) -> anyhow::Result<Checked> {
        let sound = SoundModel::of(self.store.find(wanted)?)?;
        let result = |kind: RuntimeKind| match sound.load(&self.runtimes, kind) {
            Ok((running, difference)) => {
                GoldenResult { runtime: running.runtime, difference: Ok(difference) }
            }
            Err(error) => GoldenResult { runtime: kind.name().to_string(), difference: Err(error) },
        };
        let reference = sound.stored.card.reference();
        Ok(Checked { reference, serving: result(sound.kind), other: result(sound.kind.other()) })
    }
}
