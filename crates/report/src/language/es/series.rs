//! The words of a series: in Spanish.

use plimsoll_analysis::series::Measure;

use crate::language::{Noun, SeriesWords};

pub(super) const WORDS: SeriesWords = SeriesWords {
    title: "Evolución",
    point: Noun { one: "punto", more: "puntos" },
    measure: |measure| match measure {
        Measure::ImageSize => "tamaño de imagen",
        Measure::Compressed => "capas comprimidas",
    },
    extent: |measure, points| format!("{measure} en {points}"),
    between: |from, to| format!("de {from} a {to}"),
    none: "No hay ningún punto con tamaño.",
    unmeasured: |points| format!("{points} sin este tamaño"),
    point_head: "punto",
    time_head: "fecha (UTC)",
    own_head: "propio",
    base_head: "imagen base",
    note_head: "nota",
    first_head: "primero",
    last_head: "último",
    steps: "Saltos",
    no_steps: |bytes, percent| format!("No hay saltos: ningún cambio llega a {bytes} y {percent}."),
    rebuild: "el mismo commit, construido de nuevo",
    accepted: |reason| format!("aceptado: {reason}"),
    drift: |delta, percent, changes, since| {
        format!("Deriva: {delta} ({percent}) por {changes} menores que un salto, desde {since}")
    },
    drift_reported: |percent, at| format!("por encima del {percent} desde {at}"),
    change: Noun { one: "cambio", more: "cambios" },
    budget_left: |budget, left| format!("Presupuesto: {budget}, del que quedan {left}"),
    budget_over: |budget, over| format!("Presupuesto: {budget}, superado en {over}"),
    budget: "presupuesto",
    level_memory: "Memoria de todos los servicios, percentil 95",
    level_start_up: "Tiempo hasta que todos los servicios están sanos",
    level_few: |points, least| {
        format!("{points}; hacen falta al menos {least} para distinguir un cambio del ruido")
    },
    level_same: |points| format!("sin cambio de nivel en {points}"),
    level_change: |from, to, at| format!("{from} → {to} desde {at}"),
    line: "Mostrar",
    compare: "Estados comparados",
    pick: "Elija dos puntos para compararlos: con un clic, o con las flechas y Entrar.",
    picked: |state| format!("{state}: elija el punto con el que compararlo."),
    compare_with: |state| format!("comparar con {state}"),
    not_here: "este archivo no contiene su instantánea",
    all_steps: |steps| format!("Los {steps} saltos"),
    all_points: |points| format!("Los {points} puntos"),
    earlier: |points| format!("{points} anteriores a estos"),
};
