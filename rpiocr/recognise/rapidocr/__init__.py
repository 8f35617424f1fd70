"""The second OCR engine: RapidOCR's detection and recognition models, run by ONNX Runtime."""
