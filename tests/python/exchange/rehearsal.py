"""What every client's script needs: where the exchange is, and the request that lets the next close happen."""

import json
import sys
import urllib.request

SYMBOL = "NEARUSDT"
KEY, SECRET = "the-key", "the-secret"
PORT = sys.argv[1]
REST = f"http://127.0.0.1:{PORT}"
SOCKETS = f"ws://127.0.0.1:{PORT}"


def step():
    """Lets the next close happen."""
    request = urllib.request.Request(f"{REST}/control/step", method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def listeners():
    """How many streams and how many news of the account are listened to."""
    with urllib.request.urlopen(f"{REST}/control/status") as answer:
        status = json.load(answer)
    return len(status["streams"]), status["account_subscriptions"]
