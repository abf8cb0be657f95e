# SPDX-License-Identifier: Apache-2.0
"""Makes tokenizer.model, the vocabulary of the tests' tiny model, with PyPI's sentencepiece 0.2: `python make_tokenizer.py`.

Built like Gemma's: BPE with byte fallback, special ids pad 0, eos 1, bos 2, unk 3, identity normalisation, no dummy prefix, blanks kept.
"""

import io
import pathlib

import sentencepiece

COLOURS = "red orange yellow green blue purple pink black white grey".split()
THINGS = "apple berry cat dog house tree star moon cup fish bird cloud flower car boat key book lamp".split()
CAPTIONS = [f"a {colour} {thing} on a {ground} background" for colour in COLOURS for thing in THINGS for ground in COLOURS]
CAPTIONS += [f"{count} {thing}s, flat icon" for count in ("two", "three", "four") for thing in THINGS]
CAPTIONS += ["빨간 사과", "노란 별", "파란 집", "초록 나무"] * 4

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(CAPTIONS), model_writer=model, model_type="bpe", vocab_size=448, character_coverage=1.0,
    byte_fallback=True, normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
    pad_id=0, eos_id=1, bos_id=2, unk_id=3, num_threads=1, minloglevel=2)
pathlib.Path(__file__).with_name("tokenizer.model").write_bytes(model.getvalue())
