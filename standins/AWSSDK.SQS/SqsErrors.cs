using Amazon.Runtime;
using Amazon.SQS.Model;
using Amazon.Wire;

namespace Amazon.SQS;

internal static class SqsErrors
{
    public static AmazonServiceException ToException(ServiceError e) => e.Shape switch
    {
        "QueueDoesNotExist" => new QueueDoesNotExistException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "ReceiptHandleIsInvalid" => new ReceiptHandleIsInvalidException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "MessageNotInflight" => new MessageNotInflightException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "QueueNameExists" => new QueueNameExistsException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "QueueDeletedRecently" => new QueueDeletedRecentlyException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "PurgeQueueInProgress" => new PurgeQueueInProgressException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "OverLimit" => new OverLimitException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "RequestThrottled" => new RequestThrottledException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "EmptyBatchRequest" => new EmptyBatchRequestException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "TooManyEntriesInBatchRequest" => new TooManyEntriesInBatchRequestException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "BatchEntryIdsNotDistinct" => new BatchEntryIdsNotDistinctException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "BatchRequestTooLong" => new BatchRequestTooLongException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        "InvalidMessageContents" => new InvalidMessageContentsException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        _ => new AmazonSQSException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status)
    };
}
