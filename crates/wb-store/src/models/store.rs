//! The folder of models: adding one, finding one, listing all.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError, damaged};
use crate::hash::ContentHash;
use crate::models::card::Card;
use crate::models::golden::GoldenRows;
use crate::scratch::Scratch;

/// The models of one folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelStore {
    root: PathBuf,
}

/// A model as it is stored, its files what the card says they are.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredModel {
    /// What it is.
    pub card: Card,
    /// The ONNX file.
    pub onnx: Vec<u8>,
    /// What must come out of it.
    pub golden: GoldenRows,
}

/// A version of a model in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelListing {
    /// What it is.
    pub card: Card,
    /// Whether it is what a spec gets that names no version.
    pub in_use: bool,
}

impl ModelStore {
    /// The models in `root`, which need not exist.
    pub fn open(root: impl Into<PathBuf>) -> ModelStore {
        ModelStore { root: root.into() }
    }

    /// Keeps a model and lets its name mean this version. To add the same again changes nothing.
    ///
    /// # Errors
    /// If the name or the version cannot be one, or the version is there and is another model.
    pub fn add(&self, card: &Card, onnx: &[u8], golden: &[u8]) -> Result<(), StoreError> {
        check_word("name", &card.name)?;
        check_word("version", &card.version)?;
        let home = card_home(&card.name, &card.version);
        let text = card.to_toml();
        match fs::read_to_string(self.root.join(&home)) {
            Ok(there) if there != text => {
                let (name, version) = (card.name.clone(), card.version.clone());
                return Err(StoreError::ModelExists { name, version });
            }
            _ => {}
        }
        let scratch = Scratch::enter(&self.root)?;
        scratch.write_file(&blob_home(&card.blob), onnx)?;
        scratch.write_file(&golden_home(&card.name, &card.version), golden)?;
        // Last of the three: a card is there when what it names is.
        scratch.write_file(&home, text.as_bytes())?;
        scratch.write_file(&ref_home(&card.name), format!("{}\n", card.version).as_bytes())
    }

    /// The model that `name` or `name@version` means.
    ///
    /// # Errors
    /// If there is none, or its files are not what they were.
    pub fn find(&self, wanted: &str) -> Result<StoredModel, StoreError> {
        let card = self.card(wanted)?;
        let onnx = self.checked(&blob_home(&card.blob), &card.blob)?;
        let golden = golden_home(&card.name, &card.version);
        let rows = self.checked(&golden, &card.golden)?;
        let golden = GoldenRows::from_arrow(&self.root.join(golden), &rows)?;
        Ok(StoredModel { card, onnx, golden })
    }

    /// Where the models are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files of the model that `name` or `name@version` means, by their paths in the folder of models.
    ///
    /// # Errors
    /// If there is none, or its card is damaged.
    pub fn files(&self, wanted: &str) -> Result<Vec<PathBuf>, StoreError> {
        let card = self.card(wanted)?;
        let (name, version) = (&card.name, &card.version);
        Ok(vec![card_home(name, version), golden_home(name, version), blob_home(&card.blob)])
    }

    /// The card of the model that `name` or `name@version` means.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    pub fn card(&self, wanted: &str) -> Result<Card, StoreError> {
        let (name, version) = match wanted.split_once('@') {
            Some((name, version)) => (name, Some(version.to_string())),
            None => (wanted, None),
        };
        let unknown = || StoreError::UnknownModel(wanted.to_string());
        check_word("name", name)?;
        let version = match version {
            Some(version) => version,
            None => self.version_in_use(name)?.ok_or_else(unknown)?,
        };
        check_word("version", &version)?;
        let path = self.root.join(card_home(name, &version));
        let card = match fs::read_to_string(&path) {
            Ok(text) => Card::from_toml(&path, &text)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(unknown()),
            Err(error) => return Err(error).doing("read", &path),
        };
        if (card.name.as_str(), &card.version) != (name, &version) {
            return Err(damaged(&path, format!("it is of {}", card.reference())));
        }
        Ok(card)
    }

    /// Every version of every model, in the order of names and versions.
    ///
    /// # Errors
    /// If the folder cannot be read, or a card is damaged.
    pub fn list(&self) -> Result<Vec<ModelListing>, StoreError> {
        let mut listed = Vec::new();
        for name in names_in(&self.root.join("cards"))? {
            let in_use = self.version_in_use(&name)?;
            for file in names_in(&self.root.join("cards").join(&name))? {
                let Some(version) = file.strip_suffix(".toml") else { continue };
                let card = self.card(&format!("{name}@{version}"))?;
                listed.push(ModelListing { card, in_use: in_use.as_deref() == Some(version) });
            }
        }
        Ok(listed)
    }

    fn version_in_use(&self, name: &str) -> Result<Option<String>, StoreError> {
        let path = self.root.join(ref_home(name));
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim_end().to_string())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).doing("read", &path),
        }
    }

    /// The bytes of a file that must have this hash.
    fn checked(&self, home: &Path, hash: &ContentHash) -> Result<Vec<u8>, StoreError> {
        let path = self.root.join(home);
        let bytes = fs::read(&path).doing("read", &path)?;
        if ContentHash::of(&bytes) == *hash {
            Ok(bytes)
        } else {
            Err(damaged(&path, "its content is not what the model's card says it was"))
        }
    }
}

fn card_home(name: &str, version: &str) -> PathBuf {
    Path::new("cards").join(name).join(format!("{version}.toml"))
}

fn golden_home(name: &str, version: &str) -> PathBuf {
    Path::new("cards").join(name).join(format!("{version}.golden.arrow"))
}

fn blob_home(hash: &ContentHash) -> PathBuf {
    Path::new("blobs").join(format!("{hash}.onnx"))
}

fn ref_home(name: &str) -> PathBuf {
    Path::new("refs").join(name)
}

/// The names in a folder, in order; none where there is no such folder.
fn names_in(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).doing("list", folder),
    };
    let mut names = Vec::new();
    for entry in entries {
        // What is not named like ours is not one: file managers leave files of their own.
        let name = entry.doing("list", folder)?.file_name();
        names.extend(name.to_str().filter(|name| !name.starts_with('.')).map(str::to_string));
    }
    names.sort();
    Ok(names)
}

fn check_word(what: &'static str, word: &str) -> Result<(), StoreError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !word.is_empty() && word.bytes().all(plain) && !word.starts_with(['-', '.']) {
        return Ok(());
    }
    Err(StoreError::ModelWord { what, word: word.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{CARD_FORMAT, CardInput, CardOutput};

    fn rows() -> GoldenRows {
        GoldenRows { inputs: vec![vec![1.0, 2.0], vec![0.1, -3.5]], outputs: vec![vec![0.25], vec![0.75]] }
    }

    fn card(version: &str, onnx: &[u8]) -> (Card, Vec<u8>) {
        let features = ["rsi(close,14)", "close"].map(str::to_string).to_vec();
        let names = vec!["up".to_string()];
        let golden = rows().to_arrow(&features, &names).expect("a table");
        let card = Card {
            format: CARD_FORMAT,
            name: "alpha".to_string(),
            version: version.to_string(),
            blob: ContentHash::of(onnx),
            golden: ContentHash::of(&golden),
            runtime: "native".to_string(),
            trained_on: None,
            input: CardInput {
                tensor: "x".to_string(),
                element: "f32".to_string(),
                features,
                interval: Some("1d".to_string()),
            },
            output: CardOutput { tensor: "y".to_string(), meaning: "values".to_string(), names },
        };
        (card, golden)
    }

    #[test]
    fn a_model_comes_back_as_it_was_added_and_the_last_version_is_in_use() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = ModelStore::open(folder.path());
        assert_eq!(store.list().expect("an empty list"), []);
        for (version, onnx) in [("1", b"one"), ("2", b"two")] {
            let (card, golden) = card(version, onnx);
            store.add(&card, onnx, &golden).expect("it is stored");
            store.add(&card, onnx, &golden).expect("again");
        }
        let found = store.find("alpha").expect("it is there");
        assert_eq!((found.card.version.as_str(), &found.onnx[..], found.golden), ("2", &b"two"[..], rows()));
        assert_eq!(store.find("alpha@1").expect("it is there").onnx, b"one");
        let listed = store.list().expect("two");
        let shown: Vec<_> = listed.iter().map(|l| (l.card.version.as_str(), l.in_use)).collect();
        assert_eq!(shown, [("1", false), ("2", true)]);
    }

    #[test]
    fn what_is_not_there_or_not_what_it_was_is_told() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = ModelStore::open(folder.path());
        let (card_1, golden) = card("1", b"one");
        store.add(&card_1, b"one", &golden).expect("it is stored");
        let told = |wanted: &str| store.find(wanted).expect_err(wanted).to_string();
        assert_eq!(told("beta"), "there is no model `beta`");
        assert_eq!(told("alpha@9"), "there is no model `alpha@9`");
        assert_eq!(
            told("../x"),
            "`../x` cannot be the name of a model: letters, digits, `-`, `_` and `.` can, and a `-` or `.` not in front"
        );
        let other = Card { trained_on: Some("something else".to_string()), ..card_1.clone() };
        let error = store.add(&other, b"one", &golden).expect_err("another model").to_string();
        assert_eq!(error, "the model alpha@1 is there and is another one");
        fs::write(folder.path().join(blob_home(&card_1.blob)), b"One").expect("a changed byte");
        assert!(told("alpha").ends_with("is damaged: its content is not what the model's card says it was"));
        let path = folder.path().join(card_home("alpha", "1"));
        fs::write(&path, "format = 1\nnames = 3").expect("a damaged card");
        assert!(told("alpha").contains("is damaged: unknown field `names`"), "{}", told("alpha"));
    }
}
