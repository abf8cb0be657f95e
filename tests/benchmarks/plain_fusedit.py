#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A FuseDiT pipeline in plain PyTorch: what Fuselight's numbers are checked against and its speed is compared with.

    plain_fusedit.py --pipeline DIR [--text DIR] --prompt "a red apple" [--seeds 0 1] [--dtype float32] [--repeat 3] [--save-latents OUT]

Runs every pipeline of class FuseDiTPipeline, with the text model inside or (--text) in a folder of its own: both kinds of attention, all
positions and timestep conditionings, Gemma 1, 2 and 3. It is written as one would write it first: standard modules of torch, scaled dot product
attention, keys and values of a prompt computed once, guidance as one batch. Needs torch, safetensors and sentencepiece. Prints
"S s per image" for each repeat; the prompt is understood anew in each.
"""
import argparse
import json
import math
import os
import time

import sentencepiece
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file


def read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def load_weights(folder, stem, dtype):
    """Tensors of STEM.safetensors, or of the shards that its index names."""
    index = os.path.join(folder, stem + ".safetensors.index.json")
    files = sorted(set(read_json(index)["weight_map"].values())) if os.path.exists(index) else [stem + ".safetensors"]
    return {name: tensor.to(dtype) for file in files for name, tensor in load_file(os.path.join(folder, file)).items()}


def select(weights, prefix):
    return {name[len(prefix):]: tensor for name, tensor in weights.items() if name.startswith(prefix)}


def rms_norm(x, weight, eps):
    y = x.float()
    return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + eps) * (1 + weight.float())).to(x.dtype)


def linear(x, weights, name):
    return F.linear(x, weights[name + ".weight"], weights.get(name + ".bias"))


def rotate(x, table):
    """Half-split rotary embedding. x (B, heads, tokens, d); table: cosine and sine (B or 1, 1, tokens, d)."""
    if table is None:
        return x
    a, b = x.chunk(2, -1)
    return x * table[0] + torch.cat([-b, a], -1) * table[1]


def rotary(angles, dtype):
    """(B or 1, tokens, d / 2) angles -> cosine and sine."""
    angles = torch.cat([angles, angles], -1)[:, None]
    return angles.cos().to(dtype), angles.sin().to(dtype)


def heads_of(x, count):
    return x.unflatten(-1, (count, -1)).transpose(1, 2)


def attend(q, k, v, mask=None, scale=None):
    """Queries may have several heads for each of the keys'. -> (B, tokens, heads * d)"""
    o = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale, enable_gqa=q.shape[1] != k.shape[1])
    return o.transpose(1, 2).flatten(2)


def mlp(x, weights, prefix):
    gate = F.gelu(linear(x, weights, prefix + "gate_proj"), approximate="tanh")
    return linear(gate * linear(x, weights, prefix + "up_proj"), weights, prefix + "down_proj")


class TextModel:
    """The frozen language model, up to its last shared layer."""

    def __init__(self, base, num_layers, initial_layers, weights, external, dtype):
        self.base, self.num_layers, self.initial_layers, self.w, self.dtype = base, num_layers, initial_layers, weights, dtype
        self.family = base["model_type"]
        self.eps = base.get("rms_norm_eps", 1e-6)
        scale = torch.tensor(base["hidden_size"] ** 0.5)
        self.embedding_scale = scale.bfloat16().to(dtype) if external else scale.to(dtype)

    def is_full(self, layer):
        if "layer_types" in self.base:
            return self.base["layer_types"][layer] == "full_attention"
        if self.family == "gemma":
            return True
        pattern = 2 if self.family == "gemma2" else self.base.get("sliding_window_pattern", 6)
        return (layer + 1) % pattern == 0

    def theta(self, layer):
        if self.family != "gemma3_text":
            return self.base.get("rope_theta", 1e4)
        return self.base.get("rope_theta", 1e6) if self.is_full(layer) else self.base.get("rope_local_base_freq", 1e4)

    def window(self, layer):
        """Of what a token sees; layers that share their attention with the image have one in Gemma 3 only."""
        if self.family == "gemma" or self.is_full(layer) or (self.family == "gemma2" and layer >= self.initial_layers):
            return None
        return self.base.get("sliding_window", 4096 if self.family == "gemma2" else 512)

    def scale(self, layer):
        stock = layer < self.initial_layers and self.family != "gemma"
        return self.base.get("query_pre_attn_scalar", 256 if self.family == "gemma3_text" else 224) ** -0.5 if stock else None

    def encode(self, ids, mask, rotated):
        """ids, mask (B, L), padded on the right. -> keys and values (B, kv_heads, L, d) of each shared layer; keys `rotated` or not."""
        base, w, sandwich = self.base, self.w, self.family != "gemma"
        d, length = base.get("head_dim", 256), ids.shape[1]
        h = w["embed_tokens.weight"][ids].to(self.dtype) * self.embedding_scale
        position = torch.arange(length)
        distance = position[:, None] - position
        frequency = -2 * torch.arange(d // 2).float() / d
        cache = []
        for i in range(self.num_layers):
            p = f"layers.{i}."
            table = rotary(position.float()[None, :, None] * self.theta(i) ** frequency, self.dtype)
            visible = (distance >= 0) & (distance < (self.window(i) or length + 1))
            visible = (visible & mask[:, None] | torch.eye(length, dtype=torch.bool))[:, None]
            n = rms_norm(h, w[p + "input_layernorm.weight"], self.eps)
            projected = heads_of(linear(n, w, p + "self_attn.k_proj"), base["num_key_value_heads"])
            v = heads_of(linear(n, w, p + "self_attn.v_proj"), base["num_key_value_heads"])
            k = rms_norm(projected, w[p + "self_attn.k_norm.weight"], self.eps) if self.family == "gemma3_text" else projected
            k = rotate(k, table)
            if i >= self.initial_layers:
                cache.append((k if rotated else projected, v))
            if i + 1 == self.num_layers:
                break
            q = heads_of(linear(n, w, p + "self_attn.q_proj"), base["num_attention_heads"])
            q = rms_norm(q, w[p + "self_attn.q_norm.weight"], self.eps) if self.family == "gemma3_text" else q
            o = linear(attend(rotate(q, table), k, v, visible, self.scale(i)), w, p + "self_attn.o_proj")
            h = h + (rms_norm(o, w[p + "post_attention_layernorm.weight"], self.eps) if sandwich else o)
            n = rms_norm(h, w[p + ("pre_feedforward" if sandwich else "post_attention") + "_layernorm.weight"], self.eps)
            y = mlp(n, w, p + "mlp.")
            h = h + (rms_norm(y, w[p + "post_feedforward_layernorm.weight"], self.eps) if sandwich else y)
        return cache


class ImageModel:
    """The diffusion transformer."""

    def __init__(self, config, weights, dtype):
        base = config["base_config"]
        self.w, self.dtype, self.eps = weights, dtype, base.get("rms_norm_eps", 1e-6)
        self.heads, self.d = base["num_attention_heads"], base.get("head_dim", 256)
        self.kv_heads = config.get("dit_num_key_value_heads", base["num_key_value_heads"])
        self.cross = config.get("attention", "self") == "cross"
        self.positions = config.get("pos_embed", "1d-rope")
        self.timestep = config.get("timestep_conditioning", "adaln-zero")
        self.qk_norm, self.sandwich = config.get("qk_norm", False), config.get("sandwich_norm", False)
        self.layers, self.patch = config.get("dit_num_hidden_layers", 18), config.get("patch_size", 2)
        self.table_side = config.get("pos_embed_max_size", 64)
        default_theta = 1e4 if base["model_type"] == "gemma3_text" else base.get("rope_theta", 1e4)
        self.theta = config.get("image_rope_theta", default_theta)

    def image_rotary(self, prompt_tokens, rows, columns):
        """prompt_tokens (B): the image's positions start after its prompt, or at 0 with attention "cross"."""
        if self.positions == "ape":
            return None
        start = (torch.zeros_like(prompt_tokens) if self.cross else prompt_tokens).float()[:, None, None]
        d, half = self.d, self.d // 2
        row = start + torch.arange(rows).float().repeat_interleave(columns)[None, :, None]
        column = start + torch.arange(columns).float().repeat(rows)[None, :, None]
        if self.positions == "1d-rope":
            angles = (start + torch.arange(rows * columns).float()[None, :, None]) * self.theta ** (-2 * torch.arange(half).float() / d)
        elif self.positions == "2d-rope":
            frequency = self.theta ** (-2 * torch.arange(half // 2).float() / half)
            angles = torch.cat([row * frequency, column * frequency], -1)
        else:
            frequency = self.theta ** (-2 * torch.arange(half).float() / d)
            angles = torch.cat([row * frequency[: half // 2], column * frequency[half // 2:]], -1)
        return rotary(angles, self.dtype)

    def added_positions(self, rows, columns):
        table = self.w["patch_embed.pos_embed"].view(self.table_side, self.table_side, -1)
        top, left = (self.table_side - rows) // 2, (self.table_side - columns) // 2
        return table[top:top + rows, left:left + columns].reshape(1, rows * columns, -1)

    def embed_timestep(self, t):
        """t (1) in (0, 1000] -> e (1, D)."""
        angle = t[:, None] * torch.exp(-math.log(10000.0) / 128 * torch.arange(128).float())
        features = torch.cat([angle.cos(), angle.sin()], 1).to(self.dtype)
        return linear(F.silu(linear(features, self.w, "timestep_embedder.0")), self.w, "timestep_embedder.2")

    def modulation(self, e):
        """For each layer shift, scale and gate of attention and MLP, each (1, 1, D), or None; then the head's shift and scale."""
        split = lambda m, parts: [part[:, None] for part in m.chunk(parts, -1)]
        if self.timestep == "adaln-zero":
            layers = [split(linear(F.silu(e), self.w, f"layers.{i}.input_layernorm.linear"), 6) for i in range(self.layers)]
            scale, shift = split(linear(F.silu(e), self.w, "norm_out.linear"), 2)
            return layers, (shift, scale)
        if self.timestep == "adaln-single":
            shared = linear(F.silu(e), self.w, "t_block.1")
            layers = [split(shared + self.w[f"layers.{i}.scale_shift_table"], 6) for i in range(self.layers)]
            return layers, tuple(split(self.w["scale_shift_table"] + torch.cat([e, e], -1), 2))
        return [None] * self.layers, None

    def norm(self, x, name, modulated):
        return rms_norm(x, self.w[name + (".norm.weight" if modulated and self.timestep == "adaln-zero" else ".weight")], self.eps)

    def head_norm(self, x, name):
        return rms_norm(x, self.w[name + ".weight"], self.eps) if self.qk_norm else x

    def spread(self, text):
        """The text's heads stand for several of the image's."""
        return text.repeat_interleave(self.kv_heads // text.shape[1], 1)

    def attention(self, n, p, table, cache, mask):
        a = p + "self_attn."
        q = rotate(self.head_norm(heads_of(linear(n, self.w, a + "q_proj"), self.heads), a + "q_norm"), table)
        k = rotate(self.head_norm(heads_of(linear(n, self.w, a + "k_proj"), self.kv_heads), a + "k_norm"), table)
        v = heads_of(linear(n, self.w, a + "v_proj"), self.kv_heads)
        if self.cross:
            return linear(attend(q, k, v), self.w, a + "o_proj")
        k, v = torch.cat([self.spread(cache[0]), k], 2), torch.cat([self.spread(cache[1]), v], 2)
        visible = F.pad(mask, (0, n.shape[1]), value=True)[:, None, None]
        return linear(attend(q, k, v, visible), self.w, a + "o_proj")

    def cross_attention(self, x, p, cache, mask):
        c = p + "cross_attn."
        q = self.head_norm(heads_of(linear(x, self.w, c + "q_proj"), self.heads), c + "q_norm")
        return linear(attend(q, *cache, mask[:, None, None]), self.w, c + "o_proj")

    def post(self, y, name):
        return rms_norm(y, self.w[name + ".weight"], self.eps) if self.sandwich else y

    def velocity(self, z, t, caches, mask):
        """z (B, C, h, w) float32, t (1). -> predicted velocity (noise - data), float32."""
        batch, channels, height, width = z.shape
        rows, columns, p = height // self.patch, width // self.patch, self.patch
        x = F.conv2d(z.to(self.dtype), self.w["patch_embed.proj.weight"], self.w["patch_embed.proj.bias"], stride=p).flatten(2).transpose(1, 2)
        if self.positions == "ape":
            x = x + self.added_positions(rows, columns)
        e = self.embed_timestep(t) if self.timestep is not None else None
        if self.timestep == "addition":
            x = x + e[:, None]
        modulations, head = self.modulation(e)
        table = self.image_rotary(mask.sum(1), rows, columns)
        for i, (cache, m) in enumerate(zip(caches, modulations)):
            l = f"layers.{i}."
            n = self.norm(x, l + "input_layernorm", True)
            n = n if m is None else n * (1 + m[1]) + m[0]
            o = self.post(self.attention(n, l, table, cache, mask), l + "post_attention_layernorm")
            x = x + (o if m is None else m[2] * o)
            if self.cross:
                x = x + self.post(self.cross_attention(x, l, cache, mask), l + "post_cross_attention_layernorm")
            n = self.norm(x, l + ("pre_feedforward" if self.sandwich else "post_attention") + "_layernorm", False)
            n = n if m is None else n * (1 + m[4]) + m[3]
            y = self.post(mlp(n, self.w, l + "mlp."), l + "post_feedforward_layernorm")
            x = x + (y if m is None else m[5] * y)
        n = self.norm(x, "norm_out", True)
        n = n if head is None else n * (1 + head[1]) + head[0]
        y = linear(n, self.w, "proj_out").view(batch, rows, columns, p, p, channels)
        return y.permute(0, 5, 1, 3, 2, 4).reshape(batch, channels, height, width).float()


class Decoder:
    """The decoder of an AutoencoderKL of the SD3 family; `patch_size` p folds p x p pixels into channels around it."""

    def __init__(self, config, weights, dtype):
        self.config, self.w, self.dtype = config, weights, dtype
        self.act = {"gelu": F.gelu, "mish": F.mish, "relu": F.relu}.get(config.get("act_fn", "silu"), F.silu)
        self.patch = config.get("patch_size", 1)
        self.factor = self.patch * 2 ** (len(config["block_out_channels"]) - 1)

    def conv(self, x, name, padding=1):
        return F.conv2d(x, self.w[name + ".weight"], self.w[name + ".bias"], padding=padding)

    def norm(self, x, name):
        return F.group_norm(x, self.config.get("norm_num_groups", 32), self.w[name + ".weight"], self.w[name + ".bias"], 1e-6)

    def resnet(self, x, name):
        y = self.conv(self.act(self.norm(x, name + ".norm1")), name + ".conv1")
        y = self.conv(self.act(self.norm(y, name + ".norm2")), name + ".conv2")
        return y + (self.conv(x, name + ".conv_shortcut", 0) if name + ".conv_shortcut.weight" in self.w else x)

    def attention(self, x, name):
        tokens = self.norm(x, name + "group_norm").flatten(2).transpose(1, 2)
        q, k, v = (linear(tokens, self.w, name + part)[:, None] for part in ("to_q", "to_k", "to_v"))
        o = linear(F.scaled_dot_product_attention(q, k, v)[:, 0], self.w, name + "to_out.0")
        return x + o.transpose(1, 2).reshape(x.shape)

    def decode(self, z):
        """Normalised latents -> pixels (B, C, H, W) about [-1, 1], float32."""
        c = self.config
        x = (z / c["scaling_factor"] + c.get("shift_factor", 0.0)).to(self.dtype)
        if c.get("use_post_quant_conv", True):
            x = self.conv(x, "post_quant_conv", 0)
        x = self.resnet(self.conv(x, "decoder.conv_in"), "decoder.mid_block.resnets.0")
        if c.get("mid_block_add_attention", True):
            x = self.attention(x, "decoder.mid_block.attentions.0.")
        x = self.resnet(x, "decoder.mid_block.resnets.1")
        for b in range(len(c["block_out_channels"])):
            for r in range(c.get("layers_per_block", 1) + 1):
                x = self.resnet(x, f"decoder.up_blocks.{b}.resnets.{r}")
            if f"decoder.up_blocks.{b}.upsamplers.0.conv.weight" in self.w:
                x = self.conv(F.interpolate(x, scale_factor=2, mode="nearest"), f"decoder.up_blocks.{b}.upsamplers.0.conv")
        x = self.conv(F.silu(self.norm(x, "decoder.conv_norm_out")), "decoder.conv_out")
        return F.pixel_shuffle(x, self.patch).float()


def sigma_schedule(steps, shift):
    """FlowMatchEulerDiscrete as the reference pipeline uses it: the shift acts twice on the low end."""
    shifted = lambda s: shift * s / (1 + (shift - 1) * s)
    grid = torch.linspace(1, shifted(0.001), steps, dtype=torch.float64) if steps > 1 else torch.ones(1, dtype=torch.float64)
    return torch.cat([shifted(grid).float(), torch.zeros(1)])


class Pipeline:
    def __init__(self, folder, text_folder, dtype):
        config = read_json(folder, "transformer/config.json")
        base = config["base_config"]
        weights = load_weights(os.path.join(folder, "transformer"), "model", dtype)
        shared = config.get("shared_attention_layers", "all")
        num_layers = base["num_hidden_layers"] if shared == "all" else max(shared) + 1
        external = config.get("llm_weights", "embedded") == "external"
        text_weights = select(load_weights(text_folder, "model", dtype), "model.") if external else select(weights, "llm.")
        self.text = TextModel(base, num_layers, config.get("initial_layers", 0), text_weights, external, dtype)
        self.image = ImageModel(config, select(weights, "dit."), dtype)
        self.decoder = Decoder(read_json(folder, "vae/config.json"), load_weights(os.path.join(folder, "vae"), "diffusion_pytorch_model", dtype), dtype)
        self.shift = read_json(folder, "scheduler/scheduler_config.json").get("shift", 1.0)
        self.channels = config.get("in_channels", 16)
        native = config.get("sample_size", 32) * self.decoder.factor
        self.native = read_json(folder, "model_index.json").get("fuselight", {}).get("native_sizes", [[native, native]])[0]
        own = os.path.join(folder, "tokenizer/tokenizer.model")
        self.tokenizer = sentencepiece.SentencePieceProcessor(model_file=own if os.path.exists(own) else os.path.join(text_folder, "tokenizer.model"))

    def tokenize(self, prompts):
        """BOS first, padded on the right to the longest."""
        rows = [[self.tokenizer.bos_id()] + self.tokenizer.encode(prompt)[:255] for prompt in prompts]
        length = max(map(len, rows))
        ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
        return ids, torch.tensor([[i < len(row) for i in range(length)] for row in rows])

    @torch.inference_mode()
    def generate(self, prompt, seeds, width, height, steps, guidance):
        """-> final latents (len(seeds), C, h, w) float32."""
        guided = guidance > 1
        ids, mask = self.tokenize([prompt, ""] if guided else [prompt])
        caches = self.text.encode(ids, mask, rotated=not self.image.cross)
        each = lambda t: t.repeat_interleave(len(seeds), 0)
        caches, mask = [(each(k), each(v)) for k, v in caches], each(mask)
        shape = (self.channels, height // self.decoder.factor, width // self.decoder.factor)
        z = torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
        sigmas = sigma_schedule(steps, self.shift)
        for sigma, following in zip(sigmas[:-1], sigmas[1:]):
            v = self.image.velocity(torch.cat([z, z]) if guided else z, 1000 * sigma[None], caches, mask)
            if guided:
                conditional, unconditional = v.chunk(2)
                v = unconditional + guidance * (conditional - unconditional)
            z = z + (following - sigma) * v
        return z

    @torch.inference_mode()
    def draw(self, *args):
        z = self.generate(*args)
        return z, self.decoder.decode(z)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipeline", required=True)
    parser.add_argument("--text", default="", help="folder of the text model, where the pipeline does not hold one")
    parser.add_argument("--prompt", default="a red apple")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--width", type=int)
    parser.add_argument("--height", type=int)
    parser.add_argument("--dtype", default="bfloat16", choices=["bfloat16", "float32"])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--save-latents")
    args = parser.parse_args()
    pipeline = Pipeline(args.pipeline, args.text, getattr(torch, args.dtype))
    width, height = args.width or pipeline.native[0], args.height or pipeline.native[1]
    for _ in range(args.repeat):
        start = time.perf_counter()
        latents, _ = pipeline.draw(args.prompt, args.seeds, width, height, args.steps, args.guidance)
        print(f"{(time.perf_counter() - start) / len(args.seeds):.3f} s per image", flush=True)
    if args.save_latents:
        save_file({"latents": latents.clone()}, args.save_latents)


if __name__ == "__main__":
    main()
