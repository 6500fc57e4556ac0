"""Kernels as servers and tools keep them: started, restarted, several at once."""

import asyncio

import pytest
from conftest import KERNEL, TIMEOUT, Notebook
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.multikernelmanager import AsyncMultiKernelManager, MultiKernelManager


def run(client, code):
    """The result of a cell, through a client that waits."""
    told = []
    reply = client.execute_interactive(code, timeout=TIMEOUT, output_hook=told.append)
    assert reply["content"]["status"] == "ok", told
    return "".join(m["content"]["data"]["text/plain"] for m in told if m["msg_type"] == "execute_result")


async def arun(client, code):
    told = []
    reply = await client.execute_interactive(code, timeout=TIMEOUT, output_hook=told.append)
    assert reply["content"]["status"] == "ok", told
    return "".join(m["content"]["data"]["text/plain"] for m in told if m["msg_type"] == "execute_result")


async def ready(manager) -> AsyncKernelClient:
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=TIMEOUT)
    return client


def test_async_manager(kernelspec):
    async def life():
        manager = AsyncKernelManager(kernel_name=KERNEL)
        await manager.start_kernel()
        client = await ready(manager)
        assert await manager.is_alive()
        assert await arun(client, "x := 6 * 7\nx") == "42"
        client.execute("for {\n}")
        while (await client.get_iopub_msg(timeout=TIMEOUT))["msg_type"] != "execute_input":
            pass
        await manager.interrupt_kernel()
        assert (await client.get_shell_msg(timeout=TIMEOUT))["content"]["status"] == "error"
        assert await arun(client, "x") == "42"
        await manager.restart_kernel(now=True)
        await client.wait_for_ready(timeout=TIMEOUT)
        assert (await client.execute_interactive("x", timeout=TIMEOUT, output_hook=lambda m: None))["content"]["status"] == "error"
        client.stop_channels()
        await manager.shutdown_kernel()
        assert not await manager.is_alive()

    asyncio.run(life())


def test_several_kernels(kernelspec):
    """Each has variables, outputs and a process of its own."""
    kernels = MultiKernelManager(default_kernel_name=KERNEL)
    ids = [kernels.start_kernel() for _ in range(3)]
    clients = []
    try:
        for kernel in ids:
            client = kernels.get_kernel(kernel).client()
            client.start_channels()
            client.wait_for_ready(timeout=TIMEOUT)
            clients.append(client)
        for i, client in enumerate(clients):
            run(client, f"mine := {i}")
        assert [run(c, "mine") for c in clients] == ["0", "1", "2"]
        assert len({run(c, "os.Getpid()") for c in clients}) == 3
        clients[0].execute("for {\n}")  # keeps no other from answering
        assert [run(c, "mine") for c in clients[1:]] == ["1", "2"]
        kernels.interrupt_kernel(ids[0])
        assert clients[0].get_shell_msg(timeout=TIMEOUT)["content"]["status"] == "error"
        kernels.shutdown_kernel(ids[1])
        assert run(clients[0], "mine") == "0" and run(clients[2], "mine") == "2"
        assert [kernels.is_alive(i) for i in ids if i in kernels] == [True, True]
    finally:
        for client in clients:
            client.stop_channels()
        kernels.shutdown_all()


def test_several_kernels_at_once(kernelspec):
    async def life():
        kernels = AsyncMultiKernelManager(default_kernel_name=KERNEL)
        ids = await asyncio.gather(*(kernels.start_kernel() for _ in range(3)))
        clients = await asyncio.gather(*(ready(kernels.get_kernel(i)) for i in ids))
        assert await asyncio.gather(*(arun(c, f"{i} + 40") for i, c in enumerate(clients))) == ["40", "41", "42"]
        for client in clients:
            client.stop_channels()
        await kernels.shutdown_all()

    asyncio.run(life())


def test_environment_and_folder(kernelspec, tmp_path):
    """A manager's environment and working directory are the cells'."""
    notebook = Notebook(env={"PATH": "/bin", "TOLD": "by the manager"}, cwd=str(tmp_path))
    try:
        assert notebook.ok('os.Getenv("TOLD")').result == '"by the manager"'
        assert notebook.ok("wd, err := os.Getwd(); wd").result == f'"{tmp_path}"'
    finally:
        notebook.close()


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_transports(kernelspec, transport, tmp_path):
    manager = AsyncKernelManager(kernel_name=KERNEL, transport=transport)
    if transport == "ipc":
        manager.ip = str(tmp_path / "kernel")

    async def life():
        await manager.start_kernel()
        client = await ready(manager)
        assert await arun(client, "6 * 7") == "42"
        client.stop_channels()
        await manager.shutdown_kernel()

    asyncio.run(life())
