# SPDX-License-Identifier: Apache-2.0
"""Writes what diffusers' AutoencoderKL makes of small random models: FOLDER/NAME.json (its config) and FOLDER/NAME.safetensors (weights under
`w.`, and `pixels`, `mean`, `logvar`, `latents`, `decoded`).

    pip install diffusers==0.32.0 safetensors && python make_fixtures.py FOLDER
"""
import json
import sys

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

BASE = dict(down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, block_out_channels=(4, 8), norm_num_groups=2,
            layers_per_block=1, latent_channels=4)
CASES = {
    "quant_convs": dict(),
    "no_quant_convs": dict(use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.0609, scaling_factor=1.5305, layers_per_block=2),
    "one_quant_conv": dict(use_quant_conv=True, use_post_quant_conv=False, block_out_channels=(6, 4), act_fn="gelu"),
    "no_attention": dict(mid_block_add_attention=False, in_channels=4, out_channels=4),
    "three_levels": dict(down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3, block_out_channels=(4, 6, 4), act_fn="mish"),
    "one_level": dict(down_block_types=("DownEncoderBlock2D",), up_block_types=("UpDecoderBlock2D",), block_out_channels=(4,), act_fn="relu"),
    "older_names": dict(),
}
RENAMED = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}


def older(name):
    for now, then in RENAMED.items():
        name = name.replace(now, then)
    return name


for index, (name, changes) in enumerate(CASES.items()):
    torch.manual_seed(index)
    model = AutoencoderKL(**{**BASE, **changes}).eval()
    for key, value in model.named_parameters():  # the library's start would leave norms at one and biases near zero
        torch.nn.init.normal_(value, 1.0 if "norm" in key and key.endswith("weight") else 0.0, 0.3 if value.dim() == 1 else 1.2 / value[0].numel() ** 0.5)
        value.data = value.data.half().float()  # the file holds float16
    channels, factor = model.config.in_channels, 2 ** (len(model.config.block_out_channels) - 1)
    pixels = torch.rand(1, channels, 16, 12) * 2 - 1
    latents = torch.randn(1, model.config.latent_channels, 16 // factor, 12 // factor)
    with torch.no_grad():
        posterior = model.encode(pixels).latent_dist
        decoded = model.decode(latents / model.config.scaling_factor + (model.config.shift_factor or 0.0)).sample
    rename = older if name == "older_names" else lambda key: key
    tensors = {"w." + rename(key): value.detach().half() for key, value in model.state_dict().items()}
    tensors |= {"pixels": pixels, "mean": posterior.mean, "logvar": posterior.logvar, "latents": latents, "decoded": decoded}
    save_file({key: value.contiguous() for key, value in tensors.items()}, f"{sys.argv[1]}/{name}.safetensors")
    config = {key: value for key, value in model.config.items() if key != "_use_default_values"}
    with open(f"{sys.argv[1]}/{name}.json", "w") as out:
        json.dump({"_class_name": "AutoencoderKL", **config}, out, indent=1)
