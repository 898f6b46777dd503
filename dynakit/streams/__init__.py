"""DynamoDB Streams: records as typed changes, replies to Lambda, and a consumer with checkpoints."""
