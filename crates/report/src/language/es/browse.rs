//! Spanish: the terminal browser.

use crate::format::count;
use crate::language::BrowseWords;

pub(super) const WORDS: BrowseWords = BrowseWords {
    files: "Archivos",
    packages: "Paquetes",
    details: "Detalles",
    size: "tamaño",
    hidden: "ocultos",
    whole: "imagen completa",
    both: "antes y después",
    of_layer: |layer| format!("cambios de la capa {layer}"),
    up_to: |layer| format!("cambios hasta la capa {layer}"),
    by_change: "por cambio",
    by_size: "por tamaño",
    by_name: "por nombre",
    by_own: "por tamaño propio",
    by_retained: "por tamaño retenido",
    all: "todos",
    changed: "cambiados",
    unused: "sin uso",
    nothing: "nada que mostrar",
    search: "Buscar:",
    layer: |layer| format!("capa {layer}"),
    owner: "propietario",
    application: "aplicación",
    cache: "caché",
    unowned: "sin propietario conocido",
    links_to: |target| format!("enlace simbólico a {target}"),
    hard_links_to: |target| format!("enlace duro a {target}"),
    in_image: "en la imagen",
    hidden_by: |layer, cause| format!("ocultado por la capa {layer} ({cause})"),
    layer_hides: |size, layer, cause| format!("{size} ocultados por la capa {layer} ({cause})"),
    counts: |files, deletions| format!("{files} archivos, {deletions} borrados"),
    sizes_of_package: |own, retained| format!("tamaño propio {own}, tamaño retenido {retained}"),
    unticked: |size, packages, broken| {
        let packages = if packages == 1 {
            "se va 1 paquete".to_owned()
        } else {
            format!("se van {} paquetes", count(packages))
        };
        let broken = match broken {
            0 => "no se sabe de ninguno que falle".to_owned(),
            1 => "1 falla".to_owned(),
            broken => format!("{} fallan", count(broken)),
        };
        format!("Sin los desmarcados: {size}, {packages}, {broken}")
    },
    untick_help: "Espacio desmarca un paquete: la imagen sin él",
    keys: "q salir  ? ayuda  Tab panel  / buscar  f filtro  o orden",
    pair_has_no_scopes: "se comparan dos imágenes: L, A y w necesitan una",
    no_changes_in_whole: "la imagen completa no tiene cambios: pulse L en una capa",
    not_after: "no está en la imagen posterior: desmarcarlo no cambia nada",
    help: "Teclas y marcas",
    help_foot: "Arriba, Abajo desplazan  otra tecla cierra",
    keys_help: &[
        ("Tab, Mayús-Tab", "panel siguiente, panel anterior"),
        ("Arriba, Abajo, j, k", "mover"),
        ("RePág, AvPág, g, G", "una página, al primero, al último"),
        ("Izq., Der., h, l", "cerrar y abrir un directorio"),
        ("Espacio, Intro", "abrir o cerrar; desmarcar un paquete"),
        ("-", "cerrar los directorios; marcar los paquetes"),
        ("L, Ctrl-L", "ver los cambios de una capa"),
        ("A, Ctrl-A en capas", "ver los cambios hasta una capa"),
        ("w", "ver la imagen completa"),
        ("/, Ctrl-F", "buscar"),
        ("Escape", "terminar la búsqueda; luego, a la imagen completa y a las capas"),
        ("f", "filtro siguiente"),
        ("Ctrl-A, Ctrl-R, Ctrl-U", "solo añadidos, solo eliminados, todos"),
        ("o, Ctrl-O", "orden siguiente"),
        ("p", "paquetes"),
        ("[, ]", "servicio anterior y siguiente"),
        ("q, Ctrl-C", "salir"),
        ("+ - ~", "añadido, eliminado, cambiado"),
        ("a =", "solo cambian los atributos; la misma capa en ambos lados"),
        ("[x] [ ]", "un paquete que queda; uno desmarcado"),
        ("[-]", "se va con un paquete desmarcado"),
    ],
};
