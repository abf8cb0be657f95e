# SPDX-License-Identifier: Apache-2.0
"""Writes the sound files that the harnesses mutate into corpus/: `python make_corpus.py`, with torch, safetensors and sentencepiece; the zstd program."""
import collections
import io
import json
import pathlib
import subprocess

import sentencepiece
import torch
from safetensors.torch import save

here = pathlib.Path(__file__).parent
starter = here.parent.parent / "resources/models/starter"


def put(harness, name, content):
    path = here / "corpus" / harness / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


put("safetensors_header", "three_dtypes", save({"a": torch.zeros(2, 3), "b.weight": torch.zeros(4, dtype=torch.bfloat16), "c": torch.zeros(1, dtype=torch.float16)}))
put("safetensors_header", "metadata", save({"x": torch.zeros(1)}, metadata={"format": "pt"}))
put("safetensors_header", "empty", save({"none": torch.zeros(0, 4), "ids": torch.zeros(3, dtype=torch.int64)}))

put("weight_index", "two_shards", json.dumps({"metadata": {"total_size": 8}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}))
put("weight_index", "one", json.dumps({"weight_map": {"llm.embed_tokens.weight": "model.safetensors"}}))

for index, file in enumerate(("model_index.json", "transformer/config.json", "vae/config.json", "scheduler/scheduler_config.json")):
    put("model_config", file.replace("/", "_"), bytes([index]) + (starter / file).read_bytes())
published = dict(model_type="FuseDiT", attention="self", dit_hidden_size=2304, dit_num_hidden_layers=26, in_channels=16, initial_layers=0, out_channels=16, patch_size=2,
                 pos_embed="2d-rope", pos_embed_max_size=64, qk_norm=True, sample_size=32, sandwich_norm=True, shared_attention_layers="all", text_hidden_size=2304,
                 text_hidden_states_index=-1, text_modulation_embeds_dim=None, timestep_conditioning=None,
                 base_config=dict(model_type="gemma2", hidden_size=2304, intermediate_size=9216, num_hidden_layers=26, num_attention_heads=8, num_key_value_heads=4, head_dim=256,
                                  vocab_size=256000, rms_norm_eps=1e-6, rope_theta=10000.0, attention_bias=False, hidden_activation="gelu_pytorch_tanh"))
put("model_config", "published", bytes([1]) + json.dumps(published).encode())
put("model_config", "ablation", bytes([1]) + json.dumps({**published, "pos_embed": "m-rope", "timestep_conditioning": "adaln-single", "attention": "cross",
                                                         "shared_attention_layers": list(range(2, 16)), "initial_layers": 2}).encode())
put("model_config", "sd3_vae", bytes([2]) + json.dumps(dict(_class_name="AutoencoderKL", block_out_channels=[128, 256, 512, 512], latent_channels=16, layers_per_block=2,
                                                            use_quant_conv=False, use_post_quant_conv=False, scaling_factor=1.5305, shift_factor=0.0609,
                                                            down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4)).encode())

for kind in ("bpe", "unigram"):
    model = io.BytesIO()
    captions = [f"a {c} {t} on {g}" for c in ("red", "blue", "green") for t in ("apple", "star", "dog") for g in ("white", "black")] + ["빨간 사과"]
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(captions * 20), model_writer=model, model_type=kind, vocab_size=320 if kind == "bpe" else 300,
                                             character_coverage=1.0, byte_fallback=True, normalization_rule_name="identity", add_dummy_prefix=False,
                                             remove_extra_whitespaces=False, pad_id=0, eos_id=1, bos_id=2, unk_id=3, num_threads=1, minloglevel=2, hard_vocab_limit=False)
    put("tokenizer", kind, model.getvalue())

state = collections.OrderedDict(a=torch.ones(2, 3), b=torch.ones(4).bfloat16(), c=torch.ones(3, 2).t())
state._metadata = collections.OrderedDict([("", {"version": 1})])
archive = io.BytesIO()
torch.save(state, archive)
put("trainer_checkpoint", "plain", archive.getvalue())
put("trainer_checkpoint", "packed", subprocess.run(["zstd", "-c"], input=archive.getvalue(), stdout=subprocess.PIPE, check=True).stdout)
