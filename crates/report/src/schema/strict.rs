//! Closes schemas: what a type does not write, a document may not have. So a field that is renamed or added shows at once.
//!
//! The parts of one object (a `flatten`, the variant of a tagged enum) close nothing alone; the whole does, by
//! `unevaluatedProperties` (JSON Schema 2020-12, "Unevaluated Locations").

use serde_json::{Map, Value, json};

/// Keywords with a list of schemas for the same place.
const ALTERNATIVES: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Where a reference leads.
const DEFINITIONS: &str = "#/$defs/";

/// Closes a schema and its definitions.
pub(super) fn close(schema: &mut Value) {
    join_constants(schema);
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let definitions = definitions.as_object().cloned().unwrap_or_default();
    close_whole(schema, &definitions);
    if let Some(written) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        written.values_mut().for_each(|one| close_whole(one, &definitions));
    }
}

/// Variants that are written alike are one: a value fits exactly one schema of `oneOf`.
fn join_constants(schema: &mut Value) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(join_constants),
        Value::Object(object) => {
            object.values_mut().for_each(join_constants);
            if let Some(variants) = object.get_mut("oneOf").and_then(Value::as_array_mut) {
                let mut known: Vec<Value> = Vec::new();
                variants.retain(|variant| match variant.get("const") {
                    Some(value) if known.contains(value) => false,
                    value => {
                        known.extend(value.cloned());
                        true
                    }
                });
            }
        }
        _ => {}
    }
}

/// A schema that describes a whole value.
fn close_whole(schema: &mut Value, definitions: &Map<String, Value>) {
    let Some(object) = schema.as_object_mut() else { return };
    let has_properties = object.contains_key("properties");
    let has_parts = ALTERNATIVES.iter().any(|keyword| object.contains_key(*keyword));
    let is_refined = has_properties && object.contains_key("$ref");
    let is_composed = has_properties && has_parts || is_refined || object.contains_key("allOf");
    if is_composed {
        open_parts(object, definitions);
        object.remove("additionalProperties");
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    } else {
        for keyword in ALTERNATIVES {
            each(object.get_mut(keyword), |one| close_whole(one, definitions));
        }
        let is_map = object.contains_key("additionalProperties");
        if has_properties && !is_map {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
    }
    close_inner(object, definitions);
}

/// The parts of one object: none of them closes it, and references are resolved, because what they lead to is closed.
fn open_parts(object: &mut Map<String, Value>, definitions: &Map<String, Value>) {
    if let Some(target) = object.remove("$ref") {
        let resolved = target.as_str().and_then(|target| target.strip_prefix(DEFINITIONS));
        let resolved = resolved.and_then(|name| definitions.get(name)).cloned();
        let parts = object.entry("allOf").or_insert_with(|| json!([]));
        if let Some(parts) = parts.as_array_mut() {
            parts.extend(resolved);
        }
    }
    for keyword in ALTERNATIVES {
        each(object.get_mut(keyword), |one| {
            if let Some(part) = one.as_object_mut() {
                if part.get("additionalProperties") == Some(&json!(false)) {
                    part.remove("additionalProperties");
                }
                part.remove("unevaluatedProperties");
                open_parts(part, definitions);
                close_inner(part, definitions);
            }
        });
    }
}

/// What lies below: fields and items are whole values.
fn close_inner(object: &mut Map<String, Value>, definitions: &Map<String, Value>) {
    let fields = object.get_mut("properties").and_then(Value::as_object_mut);
    fields.into_iter().flatten().for_each(|(_, field)| close_whole(field, definitions));
    each(object.get_mut("prefixItems"), |one| close_whole(one, definitions));
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = object.get_mut(keyword) {
            close_whole(inner, definitions);
        }
    }
}

fn each(list: Option<&mut Value>, visit: impl FnMut(&mut Value)) {
    list.and_then(Value::as_array_mut).into_iter().flatten().for_each(visit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mut schema: Value, expected: &Value) {
        close(&mut schema);
        assert_eq!(schema, *expected);
    }

    #[test]
    fn an_object_is_closed_and_a_map_stays_open() {
        check(
            json!({"properties": {"a": {"properties": {}}}}),
            &json!({
                "properties": {"a": {"properties": {}, "additionalProperties": false}},
                "additionalProperties": false,
            }),
        );
        let map = json!({"additionalProperties": {"type": "string"}});
        check(map.clone(), &map);
    }

    #[test]
    fn parts_of_one_object_are_closed_together() {
        check(
            json!({"properties": {"a": {}}, "oneOf": [{"properties": {"b": {}}}, {"properties": {"c": {}}}]}),
            &json!({
                "properties": {"a": {}},
                "oneOf": [{"properties": {"b": {}}}, {"properties": {"c": {}}}],
                "unevaluatedProperties": false,
            }),
        );
    }

    #[test]
    fn a_reference_among_parts_is_resolved() {
        let text = json!({"properties": {"b": {}}});
        check(
            json!({"properties": {"a": {}}, "$ref": "#/$defs/T", "$defs": {"T": text}}),
            &json!({
                "properties": {"a": {}},
                "allOf": [text],
                "unevaluatedProperties": false,
                "$defs": {"T": {"properties": {"b": {}}, "additionalProperties": false}},
            }),
        );
    }

    #[test]
    fn a_value_that_two_variants_have_is_listed_once() {
        check(
            json!({"oneOf": [{"const": "bytes", "description": "a"}, {"const": "bytes"}, {"const": "count"}]}),
            &json!({"oneOf": [{"const": "bytes", "description": "a"}, {"const": "count"}]}),
        );
    }

    #[test]
    fn alternatives_alone_are_closed_each() {
        check(
            json!({"oneOf": [{"properties": {"a": {}}}, {"type": "null"}]}),
            &json!({"oneOf": [{"properties": {"a": {}}, "additionalProperties": false}, {"type": "null"}]}),
        );
    }
}
