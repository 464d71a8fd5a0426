//! A small program, cut in two: what goes, what stays, and what is refused.

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, ImportSection, Instruction, MemorySection, MemoryType, Module, NameMap,
    NameSection, RefType, TableSection, TableType, TypeSection,
};
use wasmparser::{Operator, Validator};

use crate::cut::{Cut, Ways, decide};
use crate::names::Short;
use crate::program::Program;
use crate::write;

const NAMES: [&str; 6] = [
    "app[0123456789abcdef]::main",
    "app::shared",
    "<app[0123456789abcdef]::rare::one::{closure#0} as core::FnOnce>::call_once",
    "app::only_rare",
    "app::door",
    "app::kept",
];
const TEXT: &[u8] = b"kept \x01later\x02\nrarely read\n\x03 kept too";

/// `main` calls `shared` and the door; the entry `rare::one` stands in a table beside `kept`, and calls `only_rare` and
/// `shared`.
fn program(named: bool) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut functions = FunctionSection::new();
    NAMES.iter().for_each(|_| _ = functions.function(0));
    module.section(&functions);
    let mut tables = TableSection::new();
    let ty =
        TableType { element_type: RefType::FUNCREF, table64: false, minimum: 3, maximum: Some(3), shared: false };
    tables.table(ty);
    module.section(&tables);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    let mut exports = ExportSection::new();
    exports.export("main", ExportKind::Func, 0).export("memory", ExportKind::Memory, 0);
    module.section(&exports);
    let mut elements = ElementSection::new();
    elements.active(None, &ConstExpr::i32_const(1), Elements::Functions((&[2, 5][..]).into()));
    module.section(&elements);
    let mut code = CodeSection::new();
    for calls in [&[1, 4][..], &[], &[3, 1], &[], &[3], &[]] {
        let mut body = Function::new([]);
        calls.iter().for_each(|callee| _ = body.instruction(&Instruction::Call(*callee)));
        body.instruction(&Instruction::End);
        code.function(&body);
    }
    module.section(&code);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(64), TEXT.iter().copied());
    module.section(&data);
    if named {
        let mut names = NameSection::new();
        let mut map = NameMap::new();
        NAMES.iter().zip(0..).for_each(|(name, index)| map.append(index, name));
        names.functions(&map);
        module.section(&names);
    }
    module.finish()
}

fn ways<'a>(doors: &'a [&'a str]) -> Ways<'a> {
    Ways { entries: &["app::rare::"], doors, marks: [b"\x01later\x02\n", b"\x03"] }
}

fn cut(bytes: &[u8], doors: &[&str]) -> Result<Cut, String> {
    decide(&Program::read(bytes)?, &ways(doors))
}

#[test]
fn what_only_entries_and_doors_reach_goes() {
    let cut = cut(&program(true), &["app::door"]).expect("it can be cut");
    assert_eq!(cut.functions.into_iter().collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(cut.data, [(69, 21)]);
}

#[test]
fn both_parts_are_programs_and_fit_together() {
    let bytes = program(true);
    let whole = Program::read(&bytes).expect("it is a program");
    let (first, second) =
        write::parts(&whole, &cut(&bytes, &["app::door"]).expect("it can be cut")).expect("both");
    for part in [&first, &second] {
        Validator::new().validate_all(part).expect("a part is a program by itself");
    }
    let (first, second) = (Program::read(&first).expect("the first"), second);
    assert!(first.names.is_empty(), "names are for the cut, not for visitors");
    let operators =
        first.bodies[0].get_operators_reader().expect("a body").into_iter().map(|one| one.expect("one"));
    let operators: Vec<_> = operators.collect();
    assert!(
        matches!(
            operators[..],
            [Operator::Call { .. }, Operator::I32Const { value: 3 }, Operator::CallIndirect { .. }, Operator::End]
        ),
        "the door is called through the table's new place: {operators:?}"
    );
    let entries: Vec<(u32, usize)> = first.elements.iter().map(|run| (run.first, run.functions.len())).collect();
    assert_eq!(entries, [(2, 1)], "the entry's place is empty");
    let data: Vec<(u32, &[u8])> = first.data.clone();
    assert_eq!(data, [(64, &b"kept "[..]), (90, b" kept too")]);
    assert!(second.windows(11).any(|window| window == b"rarely read"));
    assert!(first.exports.iter().any(|export| export.name == "main"));
}

#[test]
fn a_door_that_is_not_there_is_an_error() {
    let error = cut(&program(true), &["app::gone"]).expect_err("there is no such function");
    assert!(error.contains("app::gone"), "{error}");
    let error = cut(&program(false), &["app::door"]).expect_err("the names are gone");
    assert!(error.contains("names"), "{error}");
}

#[test]
fn a_door_that_stands_in_a_table_leads_nowhere() {
    let error = cut(&program(true), &["app::kept"]).expect_err("others may reach it too");
    assert!(error.contains("table"), "{error}");
}

#[test]
fn a_crates_hash_may_begin_with_noughts() {
    let plain = |name| crate::program::without_hashes(name);
    assert_eq!(plain("app[8c142fdc44ae95d]::door"), "app::door");
    assert_eq!(
        plain("<app[0123456789abcdef]::Kept<[f64]> as core[f535493ba95dc0a6]::Any>"),
        "<app::Kept<[f64]> as core::Any>"
    );
}

#[test]
fn program_and_script_call_each_other_by_short_names() {
    let long = "__wbg_addEventListener_f2d27251d333a631";
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut imports = ImportSection::new();
    imports.import("page", long, EntityType::Function(0));
    module.section(&imports);
    let mut exports = ExportSection::new();
    exports.export("closures_invoke_48e39f4881f0e564", ExportKind::Func, 0).export("main", ExportKind::Func, 0);
    module.section(&exports);
    let bytes = module.finish();

    let script = format!(
        "let w0 = 1; f({{ {long}: w0, {long}2: 3 }}); wasm.closures_invoke_48e39f4881f0e564(); wasm.main()"
    );
    let mut program = Program::read(&bytes).expect("it is a program");
    let short = Short::of(&program, &script).expect("all is named");
    short.rename(&mut program);
    assert_eq!(short.script(&script), format!("let w0 = 1; f({{ w1: w0, {long}2: 3 }}); wasm.w2(); wasm.main()"));
    assert_eq!(program.imports[0].name, "w1");
    assert_eq!(program.exports.iter().map(|export| export.name).collect::<Vec<_>>(), ["w2", "main"]);

    let error =
        Short::of(&Program::read(&bytes).expect("it is one"), "let other = 1;").expect_err("another script");
    assert!(error.contains(long), "{error}");
}
