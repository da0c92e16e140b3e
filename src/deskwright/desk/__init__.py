"""What the desk does: one public function = one deed = one transaction. Called by pages, API, mail and rules alike."""
