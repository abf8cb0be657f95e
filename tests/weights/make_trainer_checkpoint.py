# SPDX-License-Identifier: Apache-2.0
"""Writes trainer.pt.zst, a state dict as the reference trainer consolidates one (torch.save through zstd), and trainer.safetensors, the tensors that an
import must make of it. `python make_trainer_checkpoint.py`, with torch, safetensors and the zstd program.
"""
import collections
import io
import subprocess

import torch
from safetensors.torch import save_file

torch.manual_seed(0)
flat = torch.randn(6 * 8 + 20)
state = collections.OrderedDict()
state["dit._orig_module.layers.0._orig_module.mlp.up_proj.weight"] = flat[20:].view(6, 8)   # one storage for two tensors, as flat parameters have
state["dit._orig_module.layers.0._orig_module.input_layernorm.weight"] = flat[:20]
state["dit.patch_embed.proj.weight"] = torch.randn(8, 5).t()                                 # not contiguous
state["dit.patch_embed.proj.bias"] = torch.nn.Parameter(torch.randn(5))
state["dit.layers.0.self_attn.q_norm.weight"] = torch.randn(3, dtype=torch.bfloat16)
state["dit.layers.0.self_attn.k_norm.weight"] = torch.randn(3, dtype=torch.float16)
state["scalar"] = torch.tensor(1.5)
state._metadata = collections.OrderedDict([("", {"version": 1})])  # what a module's state_dict() carries

packed = io.BytesIO()
torch.save(state, packed)
open("trainer.pt.zst", "wb").write(subprocess.run(["zstd", "-19", "-c"], input=packed.getvalue(), stdout=subprocess.PIPE, check=True).stdout)
save_file({name.replace("_orig_module.", ""): tensor.detach().contiguous().clone() for name, tensor in state.items()}, "trainer.safetensors")
