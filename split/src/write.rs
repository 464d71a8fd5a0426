//! The two parts as bytes. The second takes from the first what it needs by the first one's exports.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, ImportSection, Instruction, MemorySection, Module, TableSection, TypeSection,
};
use wasmparser::{ExternalKind, Operator};

use crate::cut::Cut;
use crate::order::by_likeness;
use crate::program::{Outcome, Program, unreadable};

/// What the second part calls the first.
const FIRST: &str = "first";

/// Writes both parts.
pub(crate) fn parts(program: &Program<'_>, cut: &Cut) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let shared = Shared::of(program, cut)?;
    Ok((first(program, cut, &shared)?, second(program, cut, &shared)?))
}

/// New numbers of functions and globals, and the sections they stand in.
#[derive(Default)]
struct Numbers {
    functions: BTreeMap<u32, u32>,
    globals: BTreeMap<u32, u32>,
}

impl Reencode for Numbers {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.functions[&function])
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.globals.get(&global).copied().unwrap_or(global))
    }
}

/// What the second part takes from the first: functions, globals; and under which names.
struct Shared {
    functions: BTreeMap<u32, String>,
    globals: BTreeMap<u32, String>,
    tables: Vec<String>,
    memories: Vec<String>,
    /// Names that are not exported yet.
    fresh: Vec<(String, ExternalKind, u32)>,
}

impl Shared {
    fn of(program: &Program<'_>, cut: &Cut) -> Outcome<Self> {
        let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
        for &function in &cut.functions {
            functions.extend(program.named_by(function)?.into_iter().filter(|one| !cut.functions.contains(one)));
            let body = &program.bodies[(function - program.imported) as usize];
            for operator in body.get_operators_reader().map_err(unreadable)? {
                if let Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } =
                    operator.map_err(unreadable)?
                {
                    globals.insert(global_index);
                }
            }
        }
        let mut fresh = Vec::new();
        let mut name = |kind: ExternalKind, index: u32| {
            let known = program.exports.iter().find(|export| export.kind == kind && export.index == index);
            known.map_or_else(
                || {
                    let name = format!("_{}", fresh.len());
                    fresh.push((name.clone(), kind, index));
                    name
                },
                |export| export.name.to_owned(),
            )
        };
        let functions = functions.into_iter().map(|one| (one, name(ExternalKind::Func, one))).collect();
        let globals = globals.into_iter().map(|one| (one, name(ExternalKind::Global, one))).collect();
        let tables = (0..program.tables.len() as u32).map(|one| name(ExternalKind::Table, one)).collect();
        let memories = (0..program.memories.len() as u32).map(|one| name(ExternalKind::Memory, one)).collect();
        Ok(Self { functions, globals, tables, memories, fresh })
    }
}

fn first(program: &Program<'_>, cut: &Cut, shared: &Shared) -> Outcome<Vec<u8>> {
    let stays = (program.imported..program.functions.len() as u32).filter(|one| !cut.functions.contains(one));
    let own = by_likeness(program, &stays.collect::<Vec<_>>());
    let functions = (0..program.imported).chain(own.iter().copied()).zip(0..).collect();
    let mut numbers = Numbers { functions, ..Numbers::default() };
    let mut module = Module::new();
    module.section(&types(program, &mut numbers)?);

    let mut imports = ImportSection::new();
    for import in &program.imports {
        numbers.parse_import(&mut imports, *import).map_err(unwritable)?;
    }
    module.section(&imports);
    module.section(&declared(program, &own));

    let mut tables = TableSection::new();
    for ty in table_types(program, cut) {
        tables.table(numbers.table_type(ty).map_err(unwritable)?);
    }
    module.section(&tables);
    let mut memories = MemorySection::new();
    for memory in &program.memories {
        memories.memory(numbers.memory_type(*memory).map_err(unwritable)?);
    }
    module.section(&memories);
    let mut globals = GlobalSection::new();
    for global in &program.globals {
        numbers.parse_global(&mut globals, global.clone()).map_err(unwritable)?;
    }
    module.section(&globals);
    module.section(&exports(program, shared, &numbers));
    module.section(&elements(program, &numbers, |function| !cut.functions.contains(&function)));
    module.section(&code(program, &own, &cut.doors, &mut numbers)?);

    let mut data = DataSection::new();
    for (place, bytes) in &program.data {
        let mut from = *place;
        let end = place + bytes.len() as u32;
        let mut gone: Vec<_> = cut.data.iter().filter(|(at, _)| (*place..end).contains(at)).collect();
        gone.sort_unstable();
        for (at, length) in gone {
            active(&mut data, from, &bytes[(from - place) as usize..(at - place) as usize]);
            from = at + *length as u32;
        }
        active(&mut data, from, &bytes[(from - place) as usize..]);
    }
    module.section(&data);
    Ok(module.finish())
}

fn second(program: &Program<'_>, cut: &Cut, shared: &Shared) -> Outcome<Vec<u8>> {
    let own = by_likeness(program, &cut.functions.iter().copied().collect::<Vec<_>>());
    let functions = shared.functions.keys().chain(&own).copied().zip(0..).collect();
    let globals = shared.globals.keys().copied().zip(0..).collect();
    let mut numbers = Numbers { functions, globals };
    let mut module = Module::new();
    module.section(&types(program, &mut numbers)?);

    let mut imports = ImportSection::new();
    for (function, name) in &shared.functions {
        imports.import(FIRST, name, EntityType::Function(program.functions[*function as usize]));
    }
    for (global, name) in &shared.globals {
        let ty = numbers.global_type(program.globals[*global as usize].ty).map_err(unwritable)?;
        imports.import(FIRST, name, ty);
    }
    for (ty, name) in table_types(program, cut).into_iter().zip(&shared.tables) {
        imports.import(FIRST, name, numbers.table_type(ty).map_err(unwritable)?);
    }
    for (memory, name) in program.memories.iter().zip(&shared.memories) {
        imports.import(FIRST, name, numbers.memory_type(*memory).map_err(unwritable)?);
    }
    module.section(&imports);
    module.section(&declared(program, &own));
    let mut entries = elements(program, &numbers, |function| cut.functions.contains(&function));
    let doors: Vec<u32> = cut.doors.iter().map(|door| numbers.functions[door]).collect();
    entries.active(
        None,
        &ConstExpr::i32_const(doors_at(program) as i32),
        Elements::Functions(doors.as_slice().into()),
    );
    module.section(&entries);
    module.section(&code(program, &own, &[], &mut numbers)?);

    let mut data = DataSection::new();
    for (at, length) in &cut.data {
        let (place, bytes) =
            program.data.iter().rfind(|(place, _)| place <= at).expect("the text was found in there");
        let from = (at - place) as usize;
        active(&mut data, *at, &bytes[from..from + length]);
    }
    module.section(&data);
    Ok(module.finish())
}

/// The first table's entries of doors begin where it ended.
fn doors_at(program: &Program<'_>) -> u64 {
    program.tables[0].ty.initial
}

/// The tables, the first with room for the doors.
fn table_types(program: &Program<'_>, cut: &Cut) -> Vec<wasmparser::TableType> {
    let mut types: Vec<_> = program.tables.iter().map(|table| table.ty).collect();
    types[0].initial += cut.doors.len() as u64;
    types[0].maximum = types[0].maximum.map(|most| most.max(types[0].initial));
    types
}

fn types(program: &Program<'_>, numbers: &mut Numbers) -> Outcome<TypeSection> {
    let mut types = TypeSection::new();
    if let Some(read) = &program.types {
        numbers.parse_type_section(&mut types, read.clone()).map_err(unwritable)?;
    }
    Ok(types)
}

fn declared(program: &Program<'_>, own: &[u32]) -> FunctionSection {
    let mut section = FunctionSection::new();
    for function in own {
        section.function(program.functions[*function as usize]);
    }
    section
}

fn exports(program: &Program<'_>, shared: &Shared, numbers: &Numbers) -> ExportSection {
    let mut section = ExportSection::new();
    let known = program.exports.iter().map(|export| (export.name, export.kind, export.index));
    for (name, kind, index) in known.chain(shared.fresh.iter().map(|(name, kind, index)| (&**name, *kind, *index)))
    {
        match kind {
            ExternalKind::Func => section.export(name, ExportKind::Func, numbers.functions[&index]),
            ExternalKind::Table => section.export(name, ExportKind::Table, index),
            ExternalKind::Memory => section.export(name, ExportKind::Memory, index),
            _ => section.export(name, ExportKind::Global, index),
        };
    }
    section
}

/// The tables' entries that are of this part, in runs: the other part's stay empty.
fn elements(program: &Program<'_>, numbers: &Numbers, mine: impl Fn(u32) -> bool) -> ElementSection {
    let mut section = ElementSection::new();
    for entries in &program.elements {
        let mut at = entries.first;
        for run in entries.functions.chunk_by(|one, other| mine(*one) == mine(*other)) {
            if mine(run[0]) {
                let run: Vec<u32> = run.iter().map(|function| numbers.functions[function]).collect();
                let table = (entries.table != 0).then_some(entries.table);
                section.active(
                    table,
                    &ConstExpr::i32_const(at as i32),
                    Elements::Functions(run.as_slice().into()),
                );
            }
            at += run.len() as u32;
        }
    }
    section
}

/// The bodies of these functions. In the first part a call of a door goes through the table, where it stands once the
/// second part is there.
fn code(program: &Program<'_>, own: &[u32], doors: &[u32], numbers: &mut Numbers) -> Outcome<CodeSection> {
    let mut section = CodeSection::new();
    for function in own {
        let body = &program.bodies[(function - program.imported) as usize];
        let mut written = numbers.new_function_with_parsed_locals(body).map_err(unwritable)?;
        for operator in body.get_operators_reader().map_err(unreadable)? {
            let operator = operator.map_err(unreadable)?;
            let door = match operator {
                Operator::Call { function_index } => doors.iter().position(|door| *door == function_index),
                _ => None,
            };
            match door {
                Some(door) => {
                    let type_index = program.functions[doors[door] as usize];
                    written.instruction(&Instruction::I32Const((doors_at(program) as usize + door) as i32));
                    written.instruction(&Instruction::CallIndirect { type_index, table_index: 0 });
                }
                None => {
                    written.instruction(&numbers.instruction(operator).map_err(unwritable)?);
                }
            }
        }
        section.function(&written);
    }
    Ok(section)
}

fn active(section: &mut DataSection, place: u32, bytes: &[u8]) {
    if !bytes.is_empty() {
        section.active(0, &ConstExpr::i32_const(place as i32), bytes.iter().copied());
    }
}

fn unwritable(error: Error<Infallible>) -> String {
    format!("it could not be written: {error}")
}
