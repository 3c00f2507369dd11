//! `stagedoor generate`: the files that are written by the code and committed.

use std::{fs, path::Path};

use crate::{failure::Failure, output, reference};

/// Every generated file: where it lies, and what is in it.
fn files() -> Result<Vec<(&'static str, String)>, Failure> {
    let pretty = |document: utoipa::openapi::OpenApi| {
        document.to_pretty_json().map(|text| text + "\n").map_err(Failure::other)
    };
    Ok(vec![
        ("openapi/command-api.json", pretty(command_api::openapi())?),
        ("openapi/query-api.json", pretty(query_api::openapi())?),
        ("docs/configuration.md", reference::configuration()),
    ])
}

pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    for (path, text) in files()? {
        fs::write(root.join(path), text).map_err(|error| Failure::other(format!("{path}: {error}")))?;
        output::note(&format!("wrote {path}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn what_is_committed_is_what_the_code_generates() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (path, text) in super::files().unwrap() {
            let committed = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            assert!(committed == text, "{path} is stale: run `make generate`");
        }
    }
}
