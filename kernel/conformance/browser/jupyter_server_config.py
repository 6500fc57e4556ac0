"""Sends what a kernel says to the page at once.

A Jupyter server leaves Nagle's algorithm on for its connections to pages, so that of the
few short messages with which a kernel answers a page the first goes out at once, and the
others when the page has acknowledged it: after 40 ms, for which its system waits in the
hope of something to send. With any kernel a slider that is moved quickly is answered
after 48 ms (this one, and ipykernel with ipywidgets: the same), with this file after 16.

JupyterLab reads this file if its folder is in JUPYTER_CONFIG_PATH, or a copy of it in
~/.jupyter.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c.ServerApp.kernel_websocket_connection_class = PromptConnection  # noqa: F821
