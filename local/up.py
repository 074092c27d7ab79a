"""Starts the whole stack on this machine: `make up` (see design: the same template as on AWS).

    python -m local.up --port 8787

Emulator → build → deploy → secrets → `.local/endpoints.json` → edge, sink and shop. Run again, it
brings what changed into the stack that is up, and keeps what that holds.
"""

import argparse

from headwater import workspace

from local import edge_process, emulator
from local.deploy import Deployed, DeployError, build, client, deploy
from local.endpoints import FILE, Endpoints, NotUpError
from local.ports import free_port, require_free
from local.processes import ProcessError
from local.progress import say, step
from local.serving import HOST, PortBusyError

DEMO = workspace.load("demo")
# Printed in demo.toml too: the demo's server key is nobody's secret.
DEMO_SERVER_KEY = "demo-server-key-keep-this-one-out-of-browsers"
# So is what its edge shows to the collector.
DEMO_ORIGIN_SECRET = "demo-origin-secret-that-everyone-can-read"  # noqa: S105
FAULTS = (DeployError, PortBusyError, ProcessError)


def main() -> None:
    """Bring the stack up, or say in one line why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8787, help="where the site answers")
    port = parser.parse_args().port
    try:
        endpoints = up(port)
    except FAULTS as error:
        raise SystemExit(f"up: {error}") from None
    say(
        f"the stack is up at {endpoints.site} (the collector at {endpoints.site}{endpoints.prefix})"
    )
    say(f"watch what arrives, who it was and where it went: {endpoints.console}")
    say(f"every address: {FILE}; stop it with `make down`")


def up(port: int) -> Endpoints:
    """Start the stack, or bring what changed into the one that is up; raises one of `FAULTS`."""
    before = _running()
    if before is None:
        edge_process.stop()  # what a stack that died may have left
    if before is None or not before.site.endswith(f":{port}"):
        require_free(port)  # asked before the edge of a running stack goes
    edge_process.stop()
    if before is None:
        emulator.stop()
    else:
        say("the stack is up already: bringing in what changed")
    try:
        return _up(port, before)
    except BaseException:
        # A new stack that did not come up leaves nothing behind; one that was up stays.
        if before is None:
            edge_process.stop()
            emulator.stop()
            FILE.unlink(missing_ok=True)
        raise


def _running() -> Endpoints | None:
    try:
        return Endpoints.load() if emulator.running() else None
    except NotUpError:
        return None


def _up(port: int, before: Endpoints | None) -> Endpoints:
    if before is None:
        with step("start the emulator"):
            aws = emulator.start()
    else:
        aws = before.aws
    with step("build the functions and their layers"):
        build()
    with step("deploy the template"):
        athena = before.athena if before else f"http://{HOST}:{free_port()}"
        deployed = deploy(aws, athena=athena)
    endpoints = _endpoints(port, aws, athena, deployed, before)
    _keep_secrets(endpoints)
    # Its schedule is hourly: the first day's salt is wanted now.
    client("lambda", aws).invoke(FunctionName=deployed.functions["keeper"], Payload=b"{}")
    endpoints.save()
    with step("start the edge, the sink, the shop and the console"):
        edge_process.start(port, endpoints)
    return endpoints


def _endpoints(
    port: int, aws: str, athena: str, deployed: Deployed, before: Endpoints | None
) -> Endpoints:
    outputs = deployed.outputs
    browser = next(source for source in DEMO.sources if source.kind == "browser")
    return Endpoints(
        site=f"http://{HOST}:{port}",
        collector=before.collector if before else f"http://{HOST}:{free_port()}",
        # The name API Gateway would give, `<id>.execute-api.…`, resolves on few machines.
        api=f"{aws}/_aws/execute-api/{deployed.api_id}/$default",
        prefix=DEMO.prefix,
        write_key=browser.write_keys[0],
        server_key=DEMO_SERVER_KEY,
        origin_secret=DEMO_ORIGIN_SECRET,
        bucket=outputs["BucketName"],
        stream=outputs["StreamName"],
        tables={"identity": outputs["IdentityTableName"]},
        queue=outputs["DeliveriesQueueUrl"],
        dead_letters=outputs["UndeliveredMessagesQueueUrl"],
        sink=before.sink if before else f"http://{HOST}:{free_port()}",
        aws=aws,
        athena=athena,
        console=before.console if before else f"http://{HOST}:{free_port()}",
        functions=deployed.functions,
        database=outputs["Database"],
        workgroup=outputs["AthenaWorkgroup"],
    )


def _keep_secrets(endpoints: Endpoints) -> None:
    secrets = client("secretsmanager", endpoints.aws)
    for name, value in {
        "webhook-url": f"{endpoints.sink}/webhook",
        "webhook-secret": "demo-webhook-secret",
        "relay-url": f"{endpoints.sink}/relay",
        "relay-write-key": "demoRelayKey0000000000000000001",
    }.items():
        full = f"headwater-{DEMO.name}/{name}"
        try:
            secrets.create_secret(Name=full, SecretString=value)
        except secrets.exceptions.ResourceExistsException:
            secrets.put_secret_value(SecretId=full, SecretString=value)


if __name__ == "__main__":
    main()
