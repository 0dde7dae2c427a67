//! `$ref`s between the files of a set: relative file references with a JSON Pointer fragment.

use percent_encoding::percent_decode_str;

use crate::Pointer;

/// A place in a file of the set.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    pub(crate) file: String,
    pub(crate) pointer: Pointer,
}

/// Resolves `text` as it stands in `from` (a path in the set).
pub(crate) fn resolve(from: &str, text: &str) -> Result<Reference, String> {
    let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
    let fragment = percent_decode_str(fragment).decode_utf8().map_err(|_| format!("`{text}` is not UTF-8"))?;
    let pointer = Pointer::parse(&fragment).map_err(|error| error.to_string())?;
    if path.is_empty() {
        return Ok(Reference { file: from.to_owned(), pointer });
    }
    if path.starts_with('/') || path.contains(':') {
        return Err(format!("`{text}` must be a relative reference to a file of the set"));
    }
    let mut segments: Vec<&str> = from.split('/').collect();
    segments.pop();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." => {
                segments.pop().ok_or_else(|| format!("`{text}` leaves the schema set"))?;
            }
            segment => segments.push(segment),
        }
    }
    Ok(Reference { file: segments.join("/"), pointer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_relative_to_their_file() {
        let reference = resolve("v2/variables/document.json", "../../jsonapi/link.json#/$defs/a~1b").unwrap();
        assert_eq!(reference.file, "jsonapi/link.json");
        assert_eq!(reference.pointer.as_str(), "/$defs/a~1b");
        assert_eq!(resolve("a/b.json", "#/x").unwrap().file, "a/b.json");
        assert!(resolve("a/b.json", "../../c.json").is_err());
        assert!(resolve("a/b.json", "https://example.com/c.json").is_err());
    }
}
