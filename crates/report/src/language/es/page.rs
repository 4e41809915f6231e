//! The words that only the page needs: in Spanish.

use crate::language::{PageWords, Term};

pub(super) const WORDS: PageWords = PageWords {
    term,

    did: "Qué hizo este cambio",
    did_lead: |own, base, total| format!("Crecimiento propio {own}, imágenes base {base}, en total {total}."),
    did_layers: "Capas que cambiaron",
    did_packages: "Paquetes que cambiaron",
    new_findings: "Hallazgos nuevos",
    fixed_findings: "Hallazgos resueltos",
    of_base: "imagen base",
    more_layers: |number| format!("{number} capas más"),
    more_packages: |number| format!("{number} paquetes más"),
    more_findings: |number| format!("{number} hallazgos más"),

    same_layers: |layers, size| format!("{layers} sin cambios, {size}"),
    same_services: |services, size| format!("{services} sin cambios, {size}"),
    changed_files: "cambiados",
    is_fixed: |findings, saved| format!("{findings} resueltos, del todo o en parte: {saved} ahorrados"),

    composition: "De qué se compone",
    composition_lead: |name, tree, hidden| {
        format!("{name}: árbol final {tree}, bytes ocultos {hidden}. Cada byte de la imagen, por causa.")
    },
    card_files: "Archivos",

    saving: "Ahorro",
    saved: "Ahorrado",
    severity: "Gravedad",
    confidence: "Confianza",
    overlaps: |sum, overlap| {
        format!(
            "Los ahorros por separado suman {sum}: {overlap} están en varios hallazgos y cuentan una vez."
        )
    },

    holds: "Contenido de esta página",
    holds_lead: "La página contiene estas instantáneas enteras. Una copia guardada contiene las dos que se comparan.",
    discloses: "Quien reciba este archivo puede leer nombres, tamaños, propietarios y digests de todos los archivos de las imágenes, los \
        paquetes con sus versiones, las instrucciones de construcción, las etiquetas, los nombres de las variables de entorno y lo que \
        se grabó de los contenedores. No contiene el contenido de los archivos ni los valores de las variables de entorno.",
    newest_image: "Imagen más reciente",
    image: "Imagen",

    pair_lead: |before, after| {
        format!(
            "Solo antes: {before}. Solo después: {after}. Si un servicio se renombró, se dividió o se unió, elija qué comparar."
        )
    },
    pair: |before, after| format!("Comparar {before} con {after}"),
    unpair: |before, after| format!("{before} → {after}: volver a comparar por separado"),

    there_is_more: "Esto es un resumen. Con JavaScript, este archivo muestra también capas, paquetes, archivos, memoria, hallazgos con sus \
        correcciones y la lista de comprobación.",
};

const fn term(term: Term) -> (&'static str, &'static str) {
    match term {
        Term::ImageSize => {
            ("Tamaño de imagen", "Los bytes de los archivos regulares de todas las capas, sin comprimir.")
        }
        Term::Hidden => (
            "Bytes ocultos",
            "Bytes que una capa posterior borró o sustituyó. El contenedor no los ve, pero cada descarga los transfiere.",
        ),
        Term::Compressed => (
            "Tamaño comprimido",
            "Las capas tal como las guarda un registro: lo que transfiere una descarga.",
        ),
        Term::BaseImage => ("Imagen base", "La imagen sobre la que construye un Dockerfile: su FROM."),
        Term::OwnGrowth => {
            ("Crecimiento propio", "El crecimiento de lo que una imagen añade a su imagen base.")
        }
        Term::Layer => (
            "Capa",
            "Los archivos que una instrucción de construcción añadió, cambió o borró. Una imagen es una pila de capas.",
        ),
        Term::Instruction => {
            ("Instrucción", "La línea del Dockerfile que creó una capa, tal como la registró el constructor.")
        }
        Term::DiffId => ("Diff ID", "El digest de una capa sin comprimir: los mismos archivos dan el mismo."),
        Term::Whiteout => (
            "Whiteout",
            "La entrada con la que una capa borra un archivo de otra inferior. Cada descarga sigue transfiriendo el archivo.",
        ),
        Term::OwnSize => {
            ("Tamaño propio", "Los bytes que pertenecen a un paquete. Cada archivo tiene un propietario.")
        }
        Term::Retained => (
            "Tamaño retenido",
            "Los bytes que libera quitar un paquete: los suyos y los de los paquetes que solo él necesita.",
        ),
        Term::WorkingSet => (
            "Conjunto de trabajo (working set)",
            "Memoria que el kernel no puede recuperar sin perjuicio: el uso menos la caché de páginas inactiva.",
        ),
        Term::Median => ("Mediana", "La mitad de las muestras del conjunto de trabajo queda por debajo."),
        Term::P95 => {
            ("p95", "El 95 % de las muestras del conjunto de trabajo no lo supera: el máximo habitual.")
        }
        Term::Maximum => {
            ("Máximo", "La mayor muestra del conjunto de trabajo. Entre dos muestras pudo haber más.")
        }
        Term::Limit => (
            "Límite de memoria",
            "La memoria que un contenedor no puede superar: más allá, el kernel lo termina.",
        ),
        Term::Reservation => ("Reserva", "La memoria que el motor procura mantener para un contenedor."),
        Term::Headroom => ("Margen", "La diferencia entre el límite de memoria y el máximo."),
        Term::Confidence => (
            "Confianza",
            "Cuán cierto es un hallazgo: seguro, probable o quizá intencionado. La suma de ahorros tiene los dos primeros.",
        ),
    }
}
