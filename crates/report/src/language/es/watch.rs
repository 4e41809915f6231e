//! Spanish: the live view of containers.

use plimsoll_snapshot::runtime::{HealthStatus, Status};

use crate::language::WatchWords;

pub(super) const WORDS: WatchWords = WatchWords {
    containers: |number| {
        if number == "1" { "1 contenedor".to_owned() } else { format!("{number} contenedores") }
    },
    read_only: "solo lectura",
    recording: |file| format!("grabando en {file}"),
    written: |file| format!("escrito: {file}"),
    failed: |why| format!("error: {why}"),
    no_answer: |seconds| format!("el motor no responde desde hace {seconds} s"),
    gone: "el motor no volvió",
    service: "servicio",
    memory: "memoria",
    of_limit: "límite",
    reservation: "reserva",
    cpu: "CPU",
    network: "red ent./sal. por s",
    disk: "disco l./e. por s",
    pids: "PID",
    restarts: "reinicios",
    kills: "OOM",
    state: "estado",
    status: |status| match status {
        Status::Created => "creado",
        Status::Running => "en marcha",
        Status::Paused => "en pausa",
        Status::Restarting => "reiniciando",
        Status::Removing => "eliminando",
        Status::Exited => "terminado",
        Status::Dead => "muerto",
        Status::Unknown => "desconocido",
    },
    health: |health| match health {
        HealthStatus::Starting => "arrancando",
        HealthStatus::Healthy => "sano",
        HealthStatus::Unhealthy => "con fallos",
    },
    last_minutes: "Últimos minutos",
    probe: "última comprobación",
    log: "Registro",
    search: "Buscar:",
    keys: "q salir  ? ayuda  r grabar  / buscar  o orden",
    help: "Teclas",
    help_foot: "Arriba, Abajo desplazan  otra tecla cierra",
    keys_help: &[
        ("Arriba, Abajo, j, k", "mover"),
        ("RePág, AvPág, g, G", "una página, al primero, al último"),
        ("r", "grabar en un archivo; otra vez: terminar y escribirlo"),
        ("/, Ctrl-F", "buscar por nombre"),
        ("Escape", "terminar la búsqueda"),
        ("o, Ctrl-O", "ordenar por nombre, memoria, CPU"),
        ("q, Ctrl-C", "salir"),
        ("", "Nada se detiene, se inicia ni se cambia."),
    ],
};
