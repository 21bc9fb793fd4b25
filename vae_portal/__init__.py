"""The portal: everything that touches the world around the rules of `workflows`."""
