//! Where the library of ONNX Runtime may be.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::InferError;

/// The variable that names the library, as other tools of ONNX Runtime in Rust read it.
pub const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// Places in which the library is looked for, the first that has it winning.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LibraryPlaces {
    /// The file that the settings name. If it is not there, nothing else is tried.
    pub setting: Option<PathBuf>,
    /// The file that the environment variable names, likewise.
    pub variable: Option<PathBuf>,
    /// The folder of the running program.
    pub program: Option<PathBuf>,
    /// Python environments: the folders that hold `bin` and `lib`.
    pub pythons: Vec<PathBuf>,
}

impl LibraryPlaces {
    /// The places that this process has: `setting`, the variable, the program's folder, the Python environment that is
    /// active, those of every `python3` on the path, and where `pip install --user` puts packages.
    pub fn of_process(setting: Option<PathBuf>) -> LibraryPlaces {
        let active = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(env::var_os).map(PathBuf::from);
        let path = env::var_os("PATH").unwrap_or_default();
        let on_path = env::split_paths(&path).filter(|folder| folder.join("python3").exists());
        let mut pythons = Vec::new();
        let of_user = env::var_os("PYTHONUSERBASE")
            .map(PathBuf::from)
            .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local")));
        let on_path = on_path.filter_map(|folder| folder.parent().map(Path::to_path_buf));
        for python in active.chain(on_path).chain(of_user) {
            if !pythons.contains(&python) {
                pythons.push(python);
            }
        }
        let program = env::current_exe().ok().and_then(|file| file.parent().map(Path::to_path_buf));
        LibraryPlaces {
            setting,
            variable: env::var_os(LIBRARY_VARIABLE).map(PathBuf::from),
            program,
            pythons,
        }
    }

    /// The library.
    ///
    /// # Errors
    /// If it is in none of the places, with all of them named.
    pub fn find(&self) -> Result<PathBuf, InferError> {
        let mut looked = Vec::new();
        let named = [("inference.library", &self.setting), (LIBRARY_VARIABLE, &self.variable)];
        for (by, file) in named {
            if let Some(file) = file {
                if file.is_file() {
                    return Ok(file.clone());
                }
                looked.push(format!("at {}, which {by} names", file.display()));
                return Err(InferError::NoLibrary { looked });
            }
        }
        if let Some(program) = &self.program {
            if let Some(found) = library_in(program) {
                return Ok(found);
            }
            looked.push(format!("beside the program in {}", program.display()));
        }
        for python in &self.pythons {
            if let Some(found) = capi_folders(python).iter().find_map(|folder| library_in(folder)) {
                return Ok(found);
            }
        }
        if !self.pythons.is_empty() {
            let folders: Vec<String> =
                self.pythons.iter().map(|folder| folder.display().to_string()).collect();
            looked.push(format!("in the package onnxruntime of the Python in {}", folders.join(", ")));
        }
        if looked.is_empty() {
            looked.push("nowhere: there is no Python on the path".to_string());
        }
        Err(InferError::NoLibrary { looked })
    }
}

/// Where the package puts it: `lib/python3.11/site-packages/onnxruntime/capi`, `Lib/site-packages/…` on Windows, and
/// `local/lib/…` where pip leaves a Debian's own packages alone.
fn capi_folders(python: &Path) -> Vec<PathBuf> {
    let mut homes = vec![python.join("Lib")];
    for lib in ["lib", "local/lib"] {
        homes.extend(entries(&python.join(lib)).into_iter().filter(|path| name(path).starts_with("python3")));
    }
    let package = |home: &PathBuf, packages: &str| home.join(packages).join("onnxruntime/capi");
    homes
        .iter()
        .flat_map(|home| ["site-packages", "dist-packages"].map(|packages| package(home, packages)))
        .collect()
}

/// The library in a folder, of several the one whose name comes last: that of the latest version.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let is_library = |path: &PathBuf| {
        let name = name(path);
        let is_ours = name.starts_with("libonnxruntime.") || name == "onnxruntime.dll";
        is_ours && [".so", ".dylib", ".dll"].iter().any(|ending| name.contains(ending)) && path.is_file()
    };
    entries(folder).into_iter().rfind(is_library)
}

/// What a folder holds, by name; nothing where it cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = read.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, b"").expect("it is written");
    }

    #[test]
    fn the_first_place_that_has_it_wins() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |path: &str| folder.path().join(path);
        let capi = "venv/lib/python3.11/site-packages/onnxruntime/capi";
        touch(&at(&format!("{capi}/libonnxruntime.so.1.24.4")));
        touch(&at(&format!("{capi}/libonnxruntime_providers_shared.so")));
        touch(&at("program/workbench"));
        let places = LibraryPlaces {
            program: Some(at("program")),
            pythons: vec![at("none"), at("venv")],
            ..LibraryPlaces::default()
        };
        assert_eq!(places.find(), Ok(at(&format!("{capi}/libonnxruntime.so.1.24.4"))));
        let debian = "usr/local/lib/python3.11/dist-packages/onnxruntime/capi/libonnxruntime.so.1.24.4";
        touch(&at(debian));
        let system = LibraryPlaces { pythons: vec![at("usr")], ..LibraryPlaces::default() };
        assert_eq!(system.find(), Ok(at(debian)));
        touch(&at("program/libonnxruntime.so"));
        assert_eq!(places.find(), Ok(at("program/libonnxruntime.so")));
        touch(&at("mine.so"));
        let named = LibraryPlaces { variable: Some(at("mine.so")), ..places.clone() };
        assert_eq!(named.find(), Ok(at("mine.so")));
        let named = LibraryPlaces { setting: Some(at("program/libonnxruntime.so")), ..named };
        assert_eq!(named.find(), Ok(at("program/libonnxruntime.so")));
    }

    #[test]
    fn where_it_is_not_every_place_is_named() {
        let places = LibraryPlaces {
            program: Some(PathBuf::from("/nothing/bin")),
            pythons: ["/nothing/venv", "/nothing"].map(PathBuf::from).into(),
            ..LibraryPlaces::default()
        };
        let error = places.find().expect_err("it is not there");
        assert_eq!(
            error.to_string(),
            "the library of ONNX Runtime was not found; looked for it beside the program in /nothing/bin; in the \
             package onnxruntime of the Python in /nothing/venv, /nothing"
        );
        assert!(error.hint().is_some_and(|hint| hint.contains("pip install onnxruntime")));
        let named = LibraryPlaces { setting: Some(PathBuf::from("/nothing/ort.so")), ..places };
        let error = named.find().expect_err("it is not there").to_string();
        assert!(
            error.ends_with("looked for it at /nothing/ort.so, which inference.library names"),
            "{error}"
        );
    }
}
