"""What a training process settles before it begins."""

import json
import subprocess
import sys

PRODUCT = """
import json
from repool.training import device
device.prepare()
import torch
from repool.models.levels import Clusters
clusters = Clusters(1, 3, 4, torch.device("cpu"))
clusters.pool(torch.rand(1, 12, 2), torch.rand(1, 12, 5))
import threadpoolctl
print(json.dumps(threadpoolctl.threadpool_info()))
"""


def test_products_stay_on_the_one_thread_of_a_job():
    result = subprocess.run([sys.executable, "-c", PRODUCT], capture_output=True, text=True, check=True, timeout=120)
    libraries = json.loads(result.stdout)
    of_products = [library for library in libraries if "scipy" in library["filepath"].split("/")[-2]]
    assert [library["num_threads"] for library in of_products] == [1]
