"""Write the reader that the package ships: ``python -m training.export``.

Rounds what was trained to 8 bits, as the graph multiplies it. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from safetensors.numpy import load_file, save_file

from brief_qa.calibration import PASSAGES, QUESTIONS, rounded_products
from brief_qa.models import DEFAULT_MODEL, default_cache, model_folder, open_tokenizer, read_state
from brief_qa.reader import LAYOUT, WEIGHTS, paired
from training.train import WORK


def main() -> None:
    """Write the weights and the digest in their card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trained", type=Path, default=WORK / "reader.safetensors")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    folder = model_folder(DEFAULT_MODEL, default_cache())
    learnt = load_file(options.trained)
    table = {n: v for n, v in read_state(folder).items() if n.startswith("embeddings.")}
    tokenizer = open_tokenizer(folder)
    read = [
        paired(tokenizer, question, "", text).ids for question in QUESTIONS for text in PASSAGES
    ]
    products = rounded_products(table | learnt, LAYOUT, read)
    kept = {name: value for name, value in learnt.items() if not _multiplied(name)}
    for name, product in products.items():
        kept[f"{name}.weights"] = product.weights
        kept[f"{name}.scales"] = product.scales
        if product.factors is not None:
            kept[f"{name}.factors"] = product.factors
    options.to.parent.mkdir(exist_ok=True)
    save_file(kept, options.to)
    beside = options.to.with_suffix(".json")
    card = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    card["sha256"] = hashlib.sha256(options.to.read_bytes()).hexdigest()
    beside.write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{options.to} : {options.to.stat().st_size / 1e6:.1f} Mo, {card['sha256'][:12]}")


def _multiplied(name: str) -> bool:
    """Whether a weight is in one of the products."""
    return name.startswith("encoder.") and name.endswith(".weight") and "LayerNorm" not in name


if __name__ == "__main__":
    main()
