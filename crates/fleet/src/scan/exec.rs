//! Units of work as a table: one partition for each unit, worked off when the partition is executed.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, ReplaceChildrenOptions};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use tokio::sync::Semaphore;

/// Something that is done once: a layer that is read, an image that is judged.
pub(crate) trait Unit: fmt::Debug + Send + Sync {
    /// What messages call it.
    fn name(&self) -> String;

    /// About how much work it is: the largest units start first.
    fn size(&self) -> u64;

    /// Does it. What it makes is written to the store, under the name of its digest.
    ///
    /// # Errors
    /// Why it cannot be done. Other units go on.
    fn run(&self) -> std::result::Result<Done, String>;
}

/// What came of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    /// Whether it had been done before.
    pub(crate) was_known: bool,
    /// The bytes that were read.
    pub(crate) bytes: u64,
}

/// A row of the table: what came of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) unit: String,
    pub(crate) done: std::result::Result<Done, String>,
    pub(crate) milliseconds: u64,
}

/// Units as a table.
#[derive(Debug)]
pub(crate) struct UnitTable {
    units: Arc<[Arc<dyn Unit>]>,
    permits: Arc<Semaphore>,
}

impl UnitTable {
    /// The largest units come first; at most `jobs` of them are worked on at the same time.
    pub(crate) fn new(mut units: Vec<Arc<dyn Unit>>, jobs: usize) -> Self {
        units.sort_by_cached_key(|unit| (std::cmp::Reverse(unit.size()), unit.name()));
        Self { units: units.into(), permits: Arc::new(Semaphore::new(jobs.max(1))) }
    }
}

/// The columns of the table.
fn schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let number = |name: &str| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![
        text("unit", false),
        text("state", false),
        number("bytes"),
        number("milliseconds"),
        text("message", true),
    ]))
}

#[async_trait]
impl TableProvider for UnitTable {
    fn schema(&self) -> SchemaRef {
        schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let projection = projection.cloned();
        let schema = match &projection {
            Some(columns) => Arc::new(schema().project(columns)?),
            None => schema(),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(self.units.len()),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Ok(Arc::new(UnitExec {
            units: Arc::clone(&self.units),
            permits: Arc::clone(&self.permits),
            projection,
            properties: Arc::new(properties),
        }))
    }
}

/// The plan that works units off.
#[derive(Debug)]
struct UnitExec {
    units: Arc<[Arc<dyn Unit>]>,
    permits: Arc<Semaphore>,
    projection: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
}

impl DisplayAs for UnitExec {
    fn fmt_as(&self, _: DisplayFormatType, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "UnitExec: units={}", self.units.len())
    }
}

impl ExecutionPlan for UnitExec {
    fn name(&self) -> &'static str {
        "UnitExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let unit = self
            .units
            .get(partition)
            .cloned()
            .ok_or_else(|| DataFusionError::Internal(format!("there is no partition {partition}")))?;
        let (permits, projection) = (Arc::clone(&self.permits), self.projection.clone());
        let work = async move {
            // Permits are given in the order of the requests, and partitions start in their order.
            let permit = permits
                .acquire_owned()
                .await
                .map_err(|error| DataFusionError::Execution(error.to_string()))?;
            let outcome = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                outcome_of(unit.as_ref())
            });
            let batch =
                row(&outcome.await.map_err(|error| DataFusionError::Execution(error.to_string()))?)?;
            match projection {
                Some(columns) => Ok(batch.project(&columns)?),
                None => Ok(batch),
            }
        };
        let stream = futures::stream::once(work);
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(self.properties.eq_properties.schema()),
            stream,
        )))
    }
}

/// Works a unit off. A panic of a reader is a failure of its unit alone.
fn outcome_of(unit: &dyn Unit) -> Outcome {
    let start = Instant::now();
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| unit.run()))
        .unwrap_or_else(|_| Err("the reader panicked; please report it".to_owned()));
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    Outcome { unit: unit.name(), done, milliseconds }
}

fn row(outcome: &Outcome) -> Result<RecordBatch> {
    let Outcome { unit, done, milliseconds } = outcome;
    let (state, bytes, message) = match done {
        Ok(Done { was_known: true, bytes }) => ("known", *bytes, None),
        Ok(Done { was_known: false, bytes }) => ("done", *bytes, None),
        Err(message) => ("failed", 0, Some(message.as_str())),
    };
    let number = |number: u64| -> ArrayRef {
        Arc::new(Int64Array::from(vec![i64::try_from(number).unwrap_or(i64::MAX)]))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec![unit.as_str()])),
        Arc::new(StringArray::from(vec![state])),
        number(bytes),
        number(*milliseconds),
        Arc::new(StringArray::from(vec![message])),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

/// The rows of a table that was worked off.
pub(crate) fn outcomes(batches: &[RecordBatch]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for batch in batches {
        let text = |column: usize| batch.column(column).as_any().downcast_ref::<StringArray>();
        let number = |column: usize| batch.column(column).as_any().downcast_ref::<Int64Array>();
        let (Some(units), Some(states), Some(bytes), Some(times), Some(messages)) =
            (text(0), text(1), number(2), number(3), text(4))
        else {
            continue;
        };
        for row in 0..batch.num_rows() {
            let count = |numbers: &Int64Array| u64::try_from(numbers.value(row)).unwrap_or(0);
            let done = match states.value(row) {
                "failed" => Err(messages.value(row).to_owned()),
                state => Ok(Done { was_known: state == "known", bytes: count(bytes) }),
            };
            outcomes.push(Outcome { unit: units.value(row).to_owned(), done, milliseconds: count(times) });
        }
    }
    outcomes.sort_by(|one, other| one.unit.cmp(&other.unit));
    outcomes
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use datafusion::prelude::SessionContext;

    use super::*;

    #[derive(Debug)]
    struct Counted {
        size: u64,
        order: Arc<Mutex<Vec<u64>>>,
        active: Arc<AtomicUsize>,
    }

    impl Unit for Counted {
        fn name(&self) -> String {
            format!("unit {}", self.size)
        }

        fn size(&self) -> u64 {
            self.size
        }

        fn run(&self) -> std::result::Result<Done, String> {
            assert!(self.active.fetch_add(1, Ordering::SeqCst) < 2);
            self.order.lock().unwrap().push(self.size);
            std::thread::sleep(std::time::Duration::from_millis(5));
            self.active.fetch_sub(1, Ordering::SeqCst);
            match self.size {
                3 => Err("it is bad".to_owned()),
                4 => panic!("it is worse"),
                size => Ok(Done { was_known: size == 5, bytes: size }),
            }
        }
    }

    #[test]
    fn units_are_worked_off_largest_first_and_a_bad_one_stops_no_other() {
        let (order, active) = (Arc::default(), Arc::default());
        let unit = |size| -> Arc<dyn Unit> {
            Arc::new(Counted { size, order: Arc::clone(&order), active: Arc::clone(&active) })
        };
        let table = UnitTable::new((1..=40).map(unit).collect(), 2);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let batches = runtime.block_on(async {
            let context = SessionContext::new();
            context.register_table("units", Arc::new(table)).unwrap();
            context.sql("select * from units").await.unwrap().collect().await.unwrap()
        });
        let found = outcomes(&batches);
        assert_eq!(found.len(), 40);
        assert_eq!(found.iter().filter(|outcome| outcome.done.is_err()).count(), 2);
        let known = found.iter().find(|outcome| outcome.unit == "unit 5").unwrap();
        assert_eq!(known.done, Ok(Done { was_known: true, bytes: 5 }));
        let order = order.lock().unwrap();
        assert!(order[..2].contains(&40) && order[38..].contains(&1), "{order:?}");
    }
}
