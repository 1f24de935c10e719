"""What is counted in this process, for Prometheus. What the database knows is asked when somebody looks."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

REQUESTS = Counter("dateline_requests", "Requests answered.", ["endpoint", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "dateline_request_seconds",
    "From the call of the app to its answer; the body was there before.",
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
UPLOADS = Counter(
    "dateline_uploads", "Files that came, by what became of them.", ["outcome"], registry=REGISTRY
)
UPLOADED = Counter("dateline_uploaded_bytes", "Bytes of the files that were stored.", registry=REGISTRY)
