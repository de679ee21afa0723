"""The Hugging Face Hub, in the only room that knows its client: base models come, adapters and datasets go."""

from aac.hub.downloading import download_model, is_downloaded, is_reachable

__all__ = ["download_model", "is_downloaded", "is_reachable"]
