//! Writing a document back, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces a file's content: written beside it, then renamed over it, so that a kill or a full
/// disk leaves the old file or the new one. `seen` is the content that the new one was made from;
/// when the file holds something else by now, another process changed it and nothing is written.
pub fn write(path: &Path, seen: &str, content: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let metadata = fs::metadata(&target)?;
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let beside = beside(&target);
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(content.as_bytes())?;
        file.set_permissions(metadata.permissions())?;
        file.sync_all()?;
        if fs::read(&target)? != seen.as_bytes() {
            return Err(io::Error::other("the file changed while it was replayed"));
        }
        fs::rename(&beside, &target)
    })();
    if written.is_err() {
        fs::remove_file(&beside).ok();
    }
    written
}

fn beside(target: &Path) -> PathBuf {
    let name = target
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    target.with_file_name(format!(".{name}.{}.new", std::process::id()))
}
