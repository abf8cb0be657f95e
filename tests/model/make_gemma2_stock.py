#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes gemma2_stock.safetensors: what a stock Gemma 2 computes at the reference's pins (transformers 4.43.3).

    make_gemma2_stock.py OUT.safetensors          (torch, transformers==4.43.3, safetensors)

Built or loaded, Gemma2Model takes its SDPA attention there: scaled by query_pre_attn_scalar, with the window in even layers, and never
capped, whatever attn_logit_softcapping says. The cap came back as the default with transformers 4.45, which the reference does not run.
"""
import sys

import torch
import transformers
from safetensors.torch import save_file

assert transformers.__version__ == "4.43.3"
CONFIG = dict(vocab_size=12, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=8,
              query_pre_attn_scalar=20, attn_logit_softcapping=0.5, sliding_window=3)
IDS = [2, 5, 11, 7, 3, 9]

model = transformers.Gemma2Model(transformers.Gemma2Config(**CONFIG)).eval()
assert type(model.layers[0].self_attn).__name__ == "Gemma2SdpaAttention"
torch.manual_seed(0)
with torch.no_grad():
    for name, parameter in model.named_parameters():
        parameter.normal_(0, 0.1 if "norm" in name else 0.5)
    mask = torch.full((1, 1, len(IDS), len(IDS)), torch.finfo(torch.float32).min).triu(1)
    states = model(torch.tensor([IDS]), mask, torch.arange(len(IDS))[None], use_cache=False).last_hidden_state
tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
tensors["expected"] = states[0]
save_file(tensors, sys.argv[1])
