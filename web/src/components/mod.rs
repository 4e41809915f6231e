//! The parts of the page. They render what they are given; figures and geometry come from elsewhere.

mod bar;
mod cards;
mod choose;
mod drop;
mod empty;
mod files;
mod layers;
mod map;
mod memory;
mod menu;
mod method;
mod quantity;
mod services;
mod settings;
mod tabs;
mod targets;
mod tools;
mod why;

pub(crate) use bar::{Bar, Languages};
pub(crate) use cards::Cards;
pub(crate) use choose::{ChooseFirst, ChooseOver, Messages, Others};
pub(crate) use drop::Drop;
pub(crate) use empty::Empty;
pub(crate) use files::Files;
pub(crate) use layers::Layers;
pub(crate) use map::FileMap;
pub(crate) use memory::Memory;
pub(crate) use menu::Menu;
pub(crate) use method::Method;
pub(crate) use quantity::{change, direction, maybe_size, size};
pub(crate) use services::Services;
pub(crate) use settings::Settings;
pub(crate) use tabs::Tabs;
pub(crate) use targets::Checklist;
pub(crate) use tools::ChartTools;
pub(crate) use why::Why;
